import java.nio.file.*;

public class Main {
    static class Own extends ClassLoader {
        Class<?> make(byte[] bytes) { return defineClass(null, bytes, 0, bytes.length); }
    }
    public static void main(String[] arguments) throws Exception {
        byte[] bytes = Files.readAllBytes(Path.of(".classes/Main.class"));
        System.out.println(new Own().make(bytes).getName());
        bytes[7] = (byte) 200;
        try { new Own().make(bytes); } catch (LinkageError wrong) { System.out.println(wrong.getClass()); }
        bytes[7] = 65;
        bytes[bytes.length / 2] ^= 0x55;
        try { new Own().make(bytes).getDeclaredMethods(); System.out.println("loaded"); } catch (LinkageError wrong) { System.out.println("refused"); }
    }
}

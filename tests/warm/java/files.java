import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Path path = Files.createTempFile("own", ".bin");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 1 << 16);
            for (int i = 0; i < 1 << 16; i++) mapped.put((byte) i);
            mapped.force();
            System.out.println(channel.size() + " " + mapped.get(300));
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(70_000);
            file.writeInt(5);
            System.out.println(file.length());
        }
        try (ObjectOutputStream out = new ObjectOutputStream(new FileOutputStream(path.toFile()))) { out.writeObject(new ArrayList<>(List.of(1, "two"))); }
        try (ObjectInputStream in = new ObjectInputStream(new FileInputStream(path.toFile()))) { System.out.println(in.readObject()); }
        try (var zip = new java.util.zip.GZIPOutputStream(new FileOutputStream(path.toFile()))) { zip.write(new byte[10_000]); }
        System.out.println(Files.size(path) < 100);
        ByteBuffer direct = ByteBuffer.allocateDirect(1 << 20);
        direct.putLong(8, 42);
        System.out.println(direct.getLong(8));
        Files.delete(path);
        try { Files.readString(Path.of("missing.txt")); } catch (NoSuchFileException wrong) { System.out.println(wrong); }
        try { new FileOutputStream("/etc/own"); } catch (FileNotFoundException wrong) { System.out.println(wrong.getMessage().replaceAll("[(].*", "")); }
        try { new java.net.Socket("127.0.0.1", 9); } catch (IOException | SecurityException wrong) { System.out.println(wrong.getMessage()); }
        try { Pipe pipe = Pipe.open(); pipe.sink().write(ByteBuffer.wrap(new byte[3])); System.out.println(pipe.source().read(ByteBuffer.allocate(9))); } catch (IOException wrong) { System.out.println(wrong.getMessage()); }
    }
}

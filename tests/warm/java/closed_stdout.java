import java.io.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        System.out.println("first");
        System.out.close();
        System.out.println("lost");
        System.err.println(System.out.checkError());
        new FileOutputStream("/proc/self/fd/2").write("by path\n".getBytes());
        System.exit(System.in.read() == 'a' ? 0 : 1);
    }
}

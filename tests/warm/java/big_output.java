import java.io.*;

public class Main {
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(new BufferedWriter(new OutputStreamWriter(System.out)));
        for (int i = 0; i < 200_000; i++) out.println(i);
        out.flush();
        for (int i = 0; i < 2_000; i++) System.out.println("line " + i);
        System.err.println("err");
        System.out.printf("%.3f %5d|%-5s|%x%n", Math.PI, 42, "ab", 255);
    }
}

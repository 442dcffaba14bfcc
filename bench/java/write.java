// Writes 20,000 lines, 2,000 of them formatted and 3,000 without a buffer.
import java.io.*;

public class Main {
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(new BufferedWriter(new OutputStreamWriter(System.out)));
        for (int i = 0; i < 15_000; i++) out.println(i + " " + (long) i * i);
        for (int i = 0; i < 2_000; i++) out.printf("%d %.3f%n", i, i / 7.0);
        out.flush();
        for (int i = 0; i < 3_000; i++) System.out.println(i);
    }
}

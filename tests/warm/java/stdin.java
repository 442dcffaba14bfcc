import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        System.out.println(System.in.available() + " " + System.console());
        System.out.println((char) System.in.read());
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in));
        System.out.println(reader.readLine() + "|" + reader.readLine() + "|" + reader.readLine());
        System.out.println(System.in.read());
        try (FileInputStream again = new FileInputStream("/dev/stdin")) {
            System.out.println(again.read());
        } catch (IOException wrong) {
            System.out.println(wrong.getMessage());
        }
        System.out.println(Channels.newChannel(System.in).read(ByteBuffer.allocate(8)));
        System.out.println(new Scanner(System.in).hasNext());
    }
}

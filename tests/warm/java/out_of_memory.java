import java.util.*;

public class Main {
    public static void main(String[] arguments) {
        List<byte[]> kept = new ArrayList<>();
        try {
            while (true) kept.add(new byte[1 << 20]);
        } catch (OutOfMemoryError wrong) {
            int size = kept.size();
            kept = null;
            System.out.println(size > 50);
            System.out.println(wrong.getMessage());
        }
        System.out.println(new byte[10 << 20].length);
    }
}

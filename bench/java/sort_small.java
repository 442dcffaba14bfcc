// Sorts 5,000 objects with a lambda.
import java.util.*;

public class Main {
    public static void main(String[] arguments) {
        Random random = new Random(1);
        List<int[]> pairs = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) pairs.add(new int[] {random.nextInt(100), random.nextInt()});
        pairs.sort((a, b) -> a[0] != b[0] ? Integer.compare(a[0], b[0]) : Integer.compare(a[1], b[1]));
        System.out.println(pairs.get(0)[1] + " " + pairs.get(4_999)[1]);
    }
}

// Streams, strings and big numbers.
import java.math.BigInteger;
import java.util.*;
import java.util.stream.*;

public class Main {
    public static void main(String[] arguments) {
        Map<Integer, Long> sums = IntStream.range(0, 300_000).boxed().filter(n -> n % 3 == 0)
            .collect(Collectors.groupingBy(n -> n % 10, TreeMap::new, Collectors.summingLong(n -> n * 2L)));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 50_000; i++) text.append(i).append(i % 3 == 0 ? "abc " : " ");
        int hash = 0;
        for (String word : text.toString().split(" ")) hash = hash * 31 + word.toUpperCase().hashCode();
        BigInteger product = BigInteger.ONE;
        for (int i = 1; i <= 2_000; i++) product = product.multiply(BigInteger.valueOf(i));
        System.out.println(sums + " " + hash + " " + product.bitLength());
    }
}

// Uses what programs use, so that the archives hold those classes.
import java.io.*;
import java.math.BigInteger;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;

public class Main {
    record Pair(int a, int b) {}

    enum Kind { ODD, EVEN }

    interface Shape { double area(); }

    static class Square implements Shape {
        public double area() { return 4.0; }
    }

    static int depth(int n) { return n == 0 ? 0 : 1 + depth(n - 1); }

    public static void main(String[] arguments) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in));
        StringTokenizer words = new StringTokenizer(reader.readLine());
        int a = Integer.parseInt(words.nextToken()), b = Integer.parseInt(words.nextToken());
        Map<String, Integer> counts = new HashMap<>(), sorted = new TreeMap<>();
        for (String word : "to be or not to be".split(" ")) counts.merge(word, 1, Integer::sum);
        sorted.putAll(counts);
        List<Pair> pairs = new ArrayList<>(List.of(new Pair(b, a), new Pair(a, b)));
        pairs.sort(Comparator.comparing(Pair::a).thenComparing(Pair::b));
        Deque<Integer> queue = new ArrayDeque<>(List.of(a, b));
        PriorityQueue<Long> heap = new PriorityQueue<>(Comparator.reverseOrder());
        while (!queue.isEmpty()) heap.add((long) queue.poll());
        Set<Integer> seen = new TreeSet<>(new HashSet<>(List.of(3, 1, 2)));
        String joined = seen.stream().map(n -> n % 2 == 0 ? Kind.EVEN : Kind.ODD)
            .map(Object::toString).collect(Collectors.joining(","));
        long total = IntStream.rangeClosed(1, 10).mapToLong(n -> n).sum();
        Function<Integer, Integer> twice = n -> 2 * n;
        StringBuilder text = new StringBuilder().append(sorted).append(pairs).append(heap.peek());
        text.append(joined).append(total).append(twice.apply(a)).append(depth(10));
        text.append(new BigInteger("12345678901234567890").multiply(BigInteger.TEN).mod(BigInteger.TWO));
        text.append(String.format("%.3f %d", new Square().area(), Math.max(a, b)));
        Scanner scanner = new Scanner("7 8.5 line");
        text.append(scanner.nextInt()).append(scanner.next());
        int[] numbers = {3, 1, 2};
        Arrays.sort(numbers);
        try {
            numbers[3] = 1;
        } catch (ArrayIndexOutOfBoundsException wrong) {
            text.append(wrong.getMessage());
        }
        PrintWriter out = new PrintWriter(new BufferedWriter(new OutputStreamWriter(System.out)));
        out.println(text);
        out.printf("%d%n", a + b);
        out.flush();
        System.out.println(Arrays.toString(numbers));
    }
}

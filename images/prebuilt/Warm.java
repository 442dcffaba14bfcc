package judgecore;

import java.io.*;
import java.math.BigInteger;
import java.util.*;
import java.util.stream.*;

/**
 * What a JVM that waits for programs runs before it waits: it uses once what programs use, so that these classes are
 * there. Nothing here may leave something that a program could notice: no random numbers, no standard streams.
 */
final class Warm {
    private Warm() {}

    static void run() throws IOException {
        scan();
        read();
        write();
        text();
        collect();
        compute();
    }

    private static InputStream given(String text) {
        return new ByteArrayInputStream(text.getBytes());
    }

    private static void scan() {
        Scanner in = new Scanner(given("7 8 2.5 word\nline\nlast\n"));
        in.nextInt();
        in.nextLong();
        in.nextDouble();
        in.next();
        in.nextLine();
        in.hasNextLine();
        in.nextLine();
        in.hasNextInt();
        in.hasNext();
    }

    private static void read() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(given("1 2\n3 4\n5\n")));
        StringTokenizer words = new StringTokenizer(in.readLine());
        int sum = Integer.parseInt(words.nextToken());
        while (words.hasMoreTokens()) sum += (int) Long.parseLong(words.nextToken());
        for (String word : in.readLine().trim().split("\\s+")) sum += Integer.parseInt(word);
        in.lines().mapToInt(Integer::parseInt).sum();
        StreamTokenizer numbers = new StreamTokenizer(new StringReader("1 2"));
        numbers.nextToken();
        new DataInputStream(given("1")).read(new byte[8], 0, 8);
    }

    private static void write() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(new BufferedOutputStream(bytes), true);
        out.println(1);
        out.println(2L);
        out.println("text");
        out.println('c');
        out.println(1.5);
        out.println(true);
        out.println();
        out.println(new StringBuilder("text"));
        out.print(1);
        out.print("");
        out.print(' ');
        out.printf("%d %.3f %s %5d %02d%n", 1, 2.5, "x", 3L, 4);
        PrintWriter writer = new PrintWriter(new BufferedWriter(new OutputStreamWriter(bytes)));
        writer.println(1);
        writer.println("text");
        writer.flush();
        bytes.toString();
    }

    private static void text() {
        String s = "some words";
        int n = s.length();
        String t = n + " " + n;
        t = "a" + n;
        t = s + t;
        t = s + " " + n;
        t = "a" + s + "b" + t;
        t = s + ' ' + 2L;
        t = "a" + 1.5 * n;
        t = s + s.isEmpty();
        StringBuilder builder = new StringBuilder();
        builder.append(n).append('c').append(s).append(2L).append(1.5).append(true).reverse();
        builder.insert(0, 'x').setLength(2);
        String.join(",", List.of(s, t));
        String.format("%d", n);
        s.substring(1).toCharArray();
        s.toUpperCase().indexOf("S");
        s.replace("s", "t").contains("t");
        s.chars().filter(c -> c > 'b').count();
        s.repeat(2).compareTo(t);
        String.valueOf(n).equals(Integer.toString(n, 2));
        Character.isDigit(s.charAt(0));
    }

    private static void collect() {
        Map<String, Integer> counts = new HashMap<>();
        for (String word : "to be or not to be".split(" ")) {
            counts.merge(word, 1, Integer::sum);
            counts.put(word, counts.getOrDefault(word, 0) + 1);
            counts.computeIfAbsent(word, key -> 1);
        }
        Map<String, Integer> sorted = new TreeMap<>(counts);
        Map<Integer, List<Integer>> lists = new LinkedHashMap<>();
        lists.computeIfAbsent(1, key -> new ArrayList<>()).add(2);
        for (Map.Entry<String, Integer> entry : sorted.entrySet()) entry.getValue();
        for (int value : counts.values()) Math.abs(value);
        counts.containsKey("to");
        counts.remove("to");
        List<int[]> pairs = new ArrayList<>(List.of(new int[] {2, 1}, new int[] {1, 2}));
        pairs.sort(Comparator.comparing((int[] pair) -> pair[0]).thenComparing(pair -> pair[1]));
        Collections.sort(new ArrayList<>(List.of(3, 1, 2)), (a, b) -> b - a);
        Collections.reverse(pairs);
        Deque<Integer> queue = new ArrayDeque<>(List.of(1, 2));
        queue.push(1);
        queue.addLast(queue.pop());
        queue.poll();
        PriorityQueue<int[]> heap = new PriorityQueue<>((a, b) -> Integer.compare(a[0], b[0]));
        heap.addAll(pairs);
        heap.poll();
        new LinkedList<>(List.of(1, 2)).poll();
        new Stack<Integer>().push(1);
        Set<Integer> seen = new TreeSet<>(new HashSet<>(List.of(3, 1, 2)));
        seen.add(4);
        seen.stream().map(n -> n % 2).distinct().map(Object::toString).collect(Collectors.joining(","));
        IntStream.range(0, 3).boxed().collect(Collectors.toList());
        IntStream.rangeClosed(1, 3).mapToLong(n -> n).sum();
        Stream.of("a", "bb").sorted().collect(Collectors.groupingBy(String::length));
        new BitSet().set(3);
        sorted.toString();
        seen.toString();
    }

    private static void compute() {
        int[] numbers = {3, 1, 2};
        Arrays.sort(numbers);
        Arrays.fill(numbers, 1);
        Arrays.toString(Arrays.copyOf(numbers, 5));
        Arrays.stream(numbers).max();
        long[] longs = {2, 1};
        Arrays.sort(longs);
        Integer[] boxed = {2, 1};
        Arrays.sort(boxed, Collections.reverseOrder());
        Arrays.asList(boxed).toString();
        new BigInteger("123456789012345678901").multiply(BigInteger.TEN).mod(BigInteger.TWO).toString();
        Math.sqrt(Math.pow(2, 0.5));
        Long.toBinaryString(5);
        try {
            numbers[9] = 1;
        } catch (RuntimeException wrong) {
            wrong.getMessage();
        }
    }
}

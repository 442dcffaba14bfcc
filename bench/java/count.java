// Counts in maps, and finds shortest paths with a queue of priorities.
import java.util.*;

public class Main {
    public static void main(String[] arguments) {
        Random random = new Random(1);
        Map<Integer, Integer> counts = new HashMap<>();
        TreeMap<Integer, List<Integer>> places = new TreeMap<>();
        for (int i = 0; i < 400_000; i++) {
            int key = random.nextInt(20_000);
            counts.merge(key, 1, Integer::sum);
            if (i % 4 == 0) places.computeIfAbsent(key, none -> new ArrayList<>()).add(i);
        }
        long sum = 0;
        for (var entry : places.entrySet()) sum += (long) counts.get(entry.getKey()) * entry.getValue().size();
        int size = 10_000;
        List<List<int[]>> edges = new ArrayList<>();
        for (int i = 0; i < size; i++) edges.add(new ArrayList<>());
        for (int i = 0; i < 5 * size; i++)
            edges.get(random.nextInt(size)).add(new int[] {random.nextInt(size), 1 + random.nextInt(100)});
        long[] far = new long[size];
        Arrays.fill(far, Long.MAX_VALUE);
        far[0] = 0;
        PriorityQueue<long[]> queue = new PriorityQueue<>((a, b) -> Long.compare(a[0], b[0]));
        queue.add(new long[] {0, 0});
        while (!queue.isEmpty()) {
            long[] next = queue.poll();
            if (next[0] > far[(int) next[1]]) continue;
            for (int[] edge : edges.get((int) next[1])) {
                if (next[0] + edge[1] >= far[edge[0]]) continue;
                far[edge[0]] = next[0] + edge[1];
                queue.add(new long[] {far[edge[0]], edge[0]});
            }
        }
        for (long one : far) if (one < Long.MAX_VALUE) sum += one;
        System.out.println(sum);
    }
}

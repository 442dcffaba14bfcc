// Sorts 60,000 objects by two keys, and puts them into a queue.
import java.util.*;

public class Main {
    record Item(int key, String name, long value) implements Comparable<Item> {
        public int compareTo(Item other) {
            int order = Integer.compare(key, other.key);
            return order != 0 ? order : name.compareTo(other.name);
        }
    }

    public static void main(String[] arguments) {
        Random random = new Random(1);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 60_000; i++)
            items.add(new Item(random.nextInt(500), "k" + random.nextInt(50), random.nextLong()));
        List<Item> others = new ArrayList<>(items);
        Collections.sort(items);
        others.sort(Comparator.comparing(Item::name).thenComparingLong(Item::value));
        PriorityQueue<Item> queue = new PriorityQueue<>(others.subList(0, 20_000));
        long sum = items.get(100).value() ^ others.get(100).value();
        while (!queue.isEmpty()) sum = sum * 31 + queue.poll().value();
        System.out.println(sum);
    }
}

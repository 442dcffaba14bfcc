// Sorts and counts for one to two seconds: how fast code is in the end.
import java.util.*;

public class Main {
    record Point(int x, int y) {}

    public static void main(String[] arguments) {
        long sum = 0;
        for (int round = 0; round < 40; round++) {
            Random random = new Random(round);
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) points.add(new Point(random.nextInt(1_000), random.nextInt()));
            points.sort(Comparator.comparing(Point::x).thenComparing(Point::y));
            Map<Point, Integer> places = new HashMap<>();
            for (int i = 0; i < 20_000; i++) places.put(points.get(i), i);
            for (Point point : points) sum += places.getOrDefault(point, 1);
        }
        System.out.println(sum);
    }
}

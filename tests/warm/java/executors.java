import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> parts = new ArrayList<>();
            for (int i = 0; i < 20; i++) { int n = i; parts.add(pool.submit(() -> IntStream.range(0, 10_000).map(x -> x % (n + 1)).sum())); }
            long sum = 0;
            for (Future<Integer> part : parts) sum += part.get();
            System.out.println(sum);
        }
        System.out.println(IntStream.range(0, 200_000).parallel().map(x -> x % 7).sum());
        System.out.println(CompletableFuture.supplyAsync(() -> 20).thenCombine(CompletableFuture.supplyAsync(() -> 22), Integer::sum).get());
        AtomicInteger count = new AtomicInteger();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) pool.submit(() -> { Thread.sleep(5); return count.incrementAndGet(); });
        }
        System.out.println(count);
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
        System.out.println(clock.schedule(() -> "later", 20, TimeUnit.MILLISECONDS).get());
        clock.shutdown();
        class Sum extends RecursiveTask<Integer> {
            final int from, to;
            Sum(int from, int to) { this.from = from; this.to = to; }
            protected Integer compute() {
                if (to - from < 100) return IntStream.range(from, to).sum();
                Sum left = new Sum(from, (from + to) / 2), right = new Sum((from + to) / 2, to);
                left.fork();
                return right.compute() + left.join();
            }
        }
        System.out.println(new ForkJoinPool(3).invoke(new Sum(0, 10_000)));
    }
}

import java.lang.ref.*;
import java.util.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Map<Integer, String> kept = new HashMap<>();
        long sum = 0;
        for (int i = 0; i < 3_000_000; i++) {
            String text = "number " + i;
            if (i % 50_000 == 0) kept.put(i, text);
            sum += text.length();
        }
        System.out.println(sum + " " + kept.size() + " " + kept.get(100_000));
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> weak = new WeakReference<>(new Object(), queue);
        Cleaner cleaner = Cleaner.create();
        java.util.concurrent.CountDownLatch cleaned = new java.util.concurrent.CountDownLatch(1);
        cleaner.register(new Object(), cleaned::countDown);
        System.gc();
        System.out.println(queue.remove(20_000) == weak);
        System.out.println(cleaned.await(20, java.util.concurrent.TimeUnit.SECONDS));
        System.out.println(java.lang.management.ManagementFactory.getGarbageCollectorMXBeans().size());
    }
}

import java.util.concurrent.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Object a = new Object(), b = new Object();
        CountDownLatch both = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            Object first = i == 0 ? a : b, second = i == 0 ? b : a;
            Thread thread = new Thread(() -> {
                synchronized (first) {
                    both.countDown();
                    try { both.await(); } catch (InterruptedException wrong) { }
                    synchronized (second) { System.out.println("never"); }
                }
            });
            thread.start();
        }
        both.await();
        Thread.sleep(50);
        var bean = java.lang.management.ManagementFactory.getThreadMXBean();
        long[] found = null;
        for (int i = 0; i < 100 && found == null; i++) { found = bean.findDeadlockedThreads(); Thread.sleep(10); }
        System.out.println(found.length);
        System.exit(4);
    }
}

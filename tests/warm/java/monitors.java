import java.util.concurrent.*;
import java.util.concurrent.locks.*;

public class Main {
    static int turn, shared;
    public static void main(String[] arguments) throws Exception {
        Object lock = new Object();
        StringBuffer said = new StringBuffer();
        Thread[] threads = new Thread[3];
        for (int i = 0; i < 3; i++) {
            int own = i;
            threads[i] = new Thread(() -> {
                for (int n = 0; n < 5; n++)
                    synchronized (lock) {
                        try { while (turn != own) lock.wait(); } catch (InterruptedException wrong) { return; }
                        said.append(own);
                        turn = (turn + 1) % 3;
                        lock.notifyAll();
                    }
            });
            threads[i].start();
        }
        for (Thread thread : threads) thread.join();
        System.out.println(said);
        ReentrantLock other = new ReentrantLock();
        Thread[] adders = new Thread[4];
        for (int i = 0; i < 4; i++) {
            adders[i] = new Thread(() -> { for (int n = 0; n < 10_000; n++) { other.lock(); shared++; other.unlock(); } });
            adders[i].start();
        }
        for (Thread adder : adders) adder.join();
        System.out.println(shared);
        Thread sleeper = new Thread(() -> {
            try { Thread.sleep(60_000); } catch (InterruptedException wrong) { System.out.println("interrupted"); }
        });
        sleeper.start();
        sleeper.interrupt();
        sleeper.join();
        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(2);
        new Thread(() -> { for (int i = 0; i < 5; i++) try { queue.put(i); } catch (InterruptedException wrong) { } }).start();
        for (int i = 0; i < 5; i++) System.out.print(queue.take());
        System.out.println(queue.poll(20, TimeUnit.MILLISECONDS));
        LockSupport.parkNanos(5_000_000);
        java.util.Timer timer = new java.util.Timer();
        CountDownLatch rang = new CountDownLatch(3);
        timer.schedule(new java.util.TimerTask() { public void run() { rang.countDown(); } }, 1, 5);
        rang.await();
        timer.cancel();
        System.out.println("rang");
    }
}

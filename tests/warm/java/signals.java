import java.util.concurrent.*;
import sun.misc.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        CountDownLatch got = new CountDownLatch(1);
        Signal.handle(new Signal("USR2".equals("") ? "USR2" : "HUP"), signal -> { System.out.println(signal); got.countDown(); });
        Signal.raise(new Signal("HUP"));
        System.out.println(got.await(10, TimeUnit.SECONDS));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        new ProcessBuilder("sh", "-c", "kill -TERM " + ProcessHandle.current().pid()).start().waitFor();
        Thread.sleep(20_000);
        System.out.println("never");
    }
}

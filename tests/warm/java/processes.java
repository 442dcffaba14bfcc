import java.io.*;
import java.nio.file.*;
import java.util.concurrent.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Process echo = new ProcessBuilder("echo", "from a process").redirectErrorStream(true).start();
        System.out.print(new String(echo.getInputStream().readAllBytes()));
        System.out.println(echo.waitFor());
        System.out.println(new ProcessBuilder("sh", "-c", "exit 9").inheritIO().start().waitFor());
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        System.out.println(ProcessHandle.current().children().count());
        sleeper.destroyForcibly();
        System.out.println(sleeper.waitFor());
        System.out.println(sleeper.onExit().get(5, TimeUnit.SECONDS).isAlive());
        try { new ProcessBuilder("no-such-command").start(); } catch (IOException wrong) { System.out.println(wrong.getMessage()); }
        Process cat = new ProcessBuilder("sh", "-c", "env; cat /proc/self/status | grep -E '^(Cap|NoNew|Seccomp)'; ls /proc/self/fd").start();
        System.out.print(new String(cat.getInputStream().readAllBytes()));
        Files.writeString(Path.of("/tmp/own"), "text");
        System.out.println(Files.readString(Path.of("/tmp/own")));
        new File("/tmp/own").delete();
    }
}

import java.io.*;
import java.nio.file.*;
import java.util.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        System.out.println(System.getProperty("planted") + " " + System.getenv("PLANTED") + " " + new File(".").getAbsolutePath());
        System.out.println(Arrays.toString(new File("/tmp").list()) + " " + new File("/dev/shm/planted").exists());
        System.out.println(Locale.getDefault() + " " + TimeZone.getDefault().getID() + " " + Thread.getDefaultUncaughtExceptionHandler());
        System.out.println(Thread.activeCount() + " " + System.in.getClass() + " " + System.out.getClass() + " " + Boolean.getBoolean("x"));
        System.out.println(Files.readString(Path.of("/proc/net/unix")).contains("planted"));
        System.out.println(Integer.valueOf(100) == 100 ? Integer.valueOf(7).toString() : "changed");
        for (String line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.startsWith("SigIgn")) System.out.println(line);
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/3"))) if (line.startsWith("pos")) System.out.println(line);
        System.out.println(Opened.file(3).getChannel().position());
    }
}

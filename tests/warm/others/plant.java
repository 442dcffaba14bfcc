import java.io.*;
import java.lang.reflect.Field;
import java.util.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        System.setProperty("planted", "1");
        Locale.setDefault(Locale.JAPAN);
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
        Thread.setDefaultUncaughtExceptionHandler((thread, wrong) -> { });
        System.setIn(new ByteArrayInputStream(new byte[0]));
        for (String path : List.of("/tmp/planted", "/dev/shm/planted", "/tmp/.java_pid1", "/tmp/.attach_pid1", ".hotspotrc", "/tmp/Main.class"))
            try { new FileOutputStream(path).write("-XX:+x".getBytes()); } catch (IOException wrong) { }
        try {
            Field field = Integer.class.getDeclaredField("value");
            field.setAccessible(true);
            field.setInt(7, 8);
        } catch (Exception wrong) { }
        Opened.file(3).getChannel().position(12345);
        new ProcessBuilder("setsid", "sleep", "60").start();
        Thread left = new Thread(() -> { while (true) Thread.onSpinWait(); });
        left.setDaemon(true);
        left.start();
        System.out.println("planted");
    }
}

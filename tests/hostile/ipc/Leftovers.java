// attack: preferences, temporary files and attach sockets of the virtual machine
// expect: AC
// also: process RE
// tests: 2
// limits: cpu_ms=3000 wall_ms=6000
import java.nio.file.*;
import java.util.prefs.Preferences;

class Main {
    public static void main(String[] args) throws Exception {
        if (Files.exists(Path.of("/tmp/.java_pid1")) || Files.exists(Path.of("/tmp/mark")))
            System.out.println("BREACH an earlier mark");
        Files.createFile(Path.of("/tmp/.java_pid1"));
        Files.createFile(Path.of("/tmp/mark"));
        Files.createTempDirectory("left");
        try {
            Preferences.userRoot().put("mark", "1");
            Preferences.userRoot().flush();
        } catch (Throwable none) {
            System.err.println(none);
        }
        System.out.println("held");
    }
}

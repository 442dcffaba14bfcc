import java.io.*;
import java.nio.file.*;
import java.util.*;

/** Tries what would reach another process; says so where it can. */
public class Main {
    interface Attempt { void run() throws Exception; }
    static void attempt(String what, Attempt attempt) {
        try {
            attempt.run();
            System.out.println("BREACH " + what);
        } catch (Exception held) { }
    }
    static void shell(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) throw new IOException(command);
    }
    static String uid(String pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) if (line.startsWith("Uid")) return line;
        return "";
    }
    public static void main(String[] arguments) throws Exception {
        String own = uid("self");
        int others = 0;
        for (String pid : new File("/proc").list()) {
            if (!pid.matches("[0-9]+")) continue;
            try { if (uid(pid).equals(own)) continue; } catch (IOException gone) { continue; }
            others++;
            for (String name : List.of("mem", "environ", "maps", "auxv", "io"))
                attempt(name + " " + pid, () -> { try (var in = new FileInputStream("/proc/" + pid + "/" + name)) { in.read(); } });
            attempt("fd " + pid, () -> { if (new File("/proc/" + pid + "/fd").list() == null) throw new IOException(); });
            attempt("root " + pid, () -> Files.list(Path.of("/proc/" + pid + "/root/")).count());
            for (String signal : List.of("0", "QUIT", "USR2", "TERM", "STOP", "KILL", "63", "64"))
                attempt("signal " + signal + " " + pid, () -> shell("kill -" + signal + " " + pid));
        }
        attempt("setuid", () -> shell("id -u | grep -qx 0"));
        System.out.println(others < 3 ? "nobody to attack" : "held"); // the runner, a keeper, the JVM that waits
    }
}

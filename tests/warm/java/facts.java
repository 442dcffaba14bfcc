import java.io.*;
import java.lang.management.*;
import java.nio.file.*;
import java.util.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Properties all = System.getProperties();
        for (String name : new TreeSet<>(all.stringPropertyNames())) System.out.println(name + "=" + all.getProperty(name));
        new TreeMap<>(System.getenv()).forEach((name, value) -> System.out.println(name + "=" + value));
        Runtime runtime = Runtime.getRuntime();
        System.out.println(runtime.maxMemory());
        System.out.println(ManagementFactory.getRuntimeMXBean().getInputArguments());
        System.out.println(ManagementFactory.getRuntimeMXBean().getClassPath());
        System.out.println(arguments.length + " " + Thread.currentThread() + " " + Thread.activeCount());
        for (Thread thread : new TreeMap<String, Thread>() {{ Thread.getAllStackTraces().keySet().forEach(each -> put(each.getName(), each)); }}.values())
            System.out.println(thread.getName() + " " + thread.isDaemon() + " " + thread.getPriority() + " " + thread.threadId());
        for (StackTraceElement frame : Thread.currentThread().getStackTrace()) System.out.println(frame);
        System.out.println(new File(".").getAbsolutePath() + " " + new TreeSet<>(List.of(new File(".").list())));
        System.out.println(ProcessHandle.current().pid() == Long.parseLong(new File("/proc/self").getCanonicalFile().getName()));
        System.out.println(ProcessHandle.current().info().command().orElse("?") + " " + ProcessHandle.current().children().count());
        for (String line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.matches("(Name|Umask|Tgid|TracerPid|Uid|Gid|FDSize|Groups|Sig[^B].*|Shd.*|Cap.*|NoNewPrivs|Seccomp.*|Threads):.*") && !line.matches("(Tgid|SigQ|FDSize|Uid|Gid):.*"))
                System.out.println(line);
        System.out.print(Files.readString(Path.of("/proc/self/limits")));
        for (String fd : new TreeSet<>(List.of(new File("/proc/self/fd").list())))
            try { System.out.println(fd + " " + Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString().replaceAll("[0-9]+", "N")); } catch (IOException gone) { }
        System.out.println(new String(Files.readAllBytes(Path.of("/proc/self/cmdline"))).replace('\0', ' '));
        System.out.println(new String(Files.readAllBytes(Path.of("/proc/self/environ"))).replace('\0', ' ').strip());
        System.out.println(Main.class.getProtectionDomain().getCodeSource().getLocation() + " " + Main.class.getClassLoader().getClass());
        System.out.println(Main.class.getResource("Main.class") + " " + Main.class.getResource("none"));
        System.out.println(ClassLoader.getSystemClassLoader().getDefinedPackages().length + " " + Main.class.desiredAssertionStatus());
    }
}

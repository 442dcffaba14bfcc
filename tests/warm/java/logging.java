import java.util.logging.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s %5$s%n");
        Logger.getLogger("own").warning("said");
        assert false;
        Thread.setDefaultUncaughtExceptionHandler((thread, wrong) -> System.out.println(thread.getName() + " " + wrong));
        throw new Exception("handled");
    }
}

public class Main {
    public static void main(String[] arguments) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        new Thread(() -> { System.out.println("ends it"); System.exit(3); }).start();
        Thread.sleep(60_000);
    }
}

public class Main {
    public static void main(String[] arguments) throws Exception {
        System.out.println("before");
        new ProcessBuilder("sh", "-c", "kill -KILL " + ProcessHandle.current().pid()).start().waitFor();
        Thread.sleep(20_000);
    }
}

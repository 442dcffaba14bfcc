public class Main {
    public static void main(String[] arguments) throws Exception {
        Thread other = new Thread(() -> { throw new RuntimeException("in another thread"); }, "other");
        other.start();
        other.join();
        System.out.println("main goes on");
    }
}

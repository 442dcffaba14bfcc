public class Main {
    static int depth;
    static void down() { depth++; down(); }
    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < 2; i++) {
            depth = 0;
            try { down(); } catch (StackOverflowError wrong) { System.out.println(depth > 100_000); }
        }
        Thread small = new Thread(null, () -> {
            depth = 0;
            try { down(); } catch (StackOverflowError wrong) { System.out.println(depth < 100_000); }
        }, "small", 1 << 18);
        small.start();
        small.join();
        Thread big = new Thread(null, () -> System.out.println(sum(100_000)), "big", 1L << 26);
        big.start();
        big.join();
        down();
    }
    static long sum(int n) { return n == 0 ? 0 : n + sum(n - 1); }
}

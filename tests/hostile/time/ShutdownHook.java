// attack: ends, but never: a hook that runs at shutdown and does not return
// expect: TLE
// limits: cpu_ms=500 wall_ms=2000
class Main {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { for (;;) Thread.onSpinWait(); }));
        System.out.println("held");
    }
}

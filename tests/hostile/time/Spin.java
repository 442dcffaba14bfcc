// attack: spins in many threads
// expect: TLE
// limits: cpu_ms=300 wall_ms=2500
class Main {
    public static void main(String[] args) {
        for (int i = 0; i < 8; i++) new Thread(() -> { for (;;) Thread.onSpinWait(); }).start();
    }
}

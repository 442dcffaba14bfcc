// attack: sleeps by its own clock, waits by monitors, and never comes back
// expect: TLE
// limits: cpu_ms=500 wall_ms=1500
class Main {
    public static void main(String[] args) throws Exception {
        long end = System.nanoTime() + 1_000_000_000_000L;
        Object o = new Object();
        synchronized (o) {
            while (System.nanoTime() < end) o.wait(1000000);
        }
    }
}

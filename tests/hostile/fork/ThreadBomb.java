// attack: threads until the machine has none left
// expect: AC WA
// limits: memory_mb=128 cpu_ms=2000 wall_ms=5000
class Main {
    public static void main(String[] args) {
        int n = 0;
        try {
            for (; n < 4000; n++) {
                Thread t = new Thread(null, () -> {
                    try {
                        Thread.sleep(100000);
                    } catch (InterruptedException e) {
                        return;
                    }
                }, "t", 65536);
                t.setDaemon(true);
                t.start();
            }
        } catch (Throwable refused) {
            System.out.println(n > 96 ? "BREACH more threads than allowed" : "held");
            Runtime.getRuntime().halt(0);
        }
        System.out.println("BREACH 4000 threads");
    }
}

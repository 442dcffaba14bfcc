// attack: prints for ever on both streams
// expect: OLE
// limits: cpu_ms=3000 wall_ms=6000
class Main {
    public static void main(String[] args) {
        String s = "x".repeat(4096);
        for (;;) {
            System.out.println(s);
            System.err.println(s);
        }
    }
}

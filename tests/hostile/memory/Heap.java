// attack: a heap that grows for ever
// expect: MLE
// limits: cpu_ms=3000 wall_ms=6000
import java.util.ArrayList;

class Main {
    public static void main(String[] args) {
        var all = new ArrayList<byte[]>();
        for (;;) all.add(new byte[1 << 20]);
    }
}

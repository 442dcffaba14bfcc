// attack: memory outside the heap, where -Xmx does not reach
// expect: MLE RE
// limits: cpu_ms=3000 wall_ms=6000
import java.nio.ByteBuffer;
import java.util.ArrayList;

class Main {
    public static void main(String[] args) {
        var all = new ArrayList<ByteBuffer>();
        for (;;) {
            ByteBuffer b = ByteBuffer.allocateDirect(1 << 20);
            for (int i = 0; i < b.capacity(); i += 4096) b.put(i, (byte) 1);
            all.add(b);
        }
    }
}

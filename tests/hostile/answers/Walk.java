// attack: walks the directories from the root, as deep as it may
// expect: WA
// secret: answer
// limits: cpu_ms=4000 wall_ms=8000
import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        for (String top : new String[] {"/box", "/tmp", "/run", "/home", "/root", "/srv", "/mnt", "/dev/shm", "/work"})
            try (var paths = Files.walk(Path.of(top), 6)) {
                for (var i = paths.iterator(); i.hasNext();) {
                    Path p = i.next();
                    if (p.toString().endsWith(".ans")) System.out.print(Files.readString(p));
                }
            } catch (Exception closed) {
                continue;
            }
    }
}

// attack: rights by reflection, native calls and tools, from Java
// expect: AC
// also: process RE
// limits: cpu_ms=3000 wall_ms=6000
import java.nio.file.*;
import java.nio.file.attribute.*;

class Main {
    static boolean works(String... command) {
        try {
            var p = new ProcessBuilder(command).redirectErrorStream(true).start();
            p.getOutputStream().close();
            return new String(p.getInputStream().readAllBytes()).contains("uid=0");
        } catch (Exception refused) {
            return false;
        }
    }

    public static void main(String[] args) throws Exception {
        if (works("id") || works("su", "-c", "id") || works("sudo", "-n", "id")) System.out.println("BREACH root");
        Path p = Files.createTempFile("x", "y");
        try {
            var root = p.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("root");
            Files.setOwner(p, root);
            System.out.println("BREACH chown");
        } catch (Exception refused) {
            System.err.println(refused);
        }
        System.out.println("held");
    }
}

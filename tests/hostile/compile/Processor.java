// attack: an annotation processor in the source, to run and to detach a process while compiling
// expect: AC CE
// exploit: DMOJ issue 318, a process detached at compile time
// limits: cpu_ms=3000 wall_ms=6000
import java.nio.file.*;
import java.util.Set;
import javax.annotation.processing.*;
import javax.lang.model.element.TypeElement;

@SupportedAnnotationTypes("*")
class Main extends AbstractProcessor {
    static {
        try {
            if (System.getProperty("java.class.path").startsWith(".classes"))
                System.out.println(Files.exists(Path.of("/box/ran")) ? "BREACH ran at compile time" : "held");
            else {
                Files.createFile(Path.of("/box/ran"));
                new ProcessBuilder("setsid", "sleep", "1000").start();
            }
        } catch (Exception refused) {
            System.err.println(refused);
        }
    }

    public boolean process(Set<? extends TypeElement> types, RoundEnvironment round) {
        return false;
    }

    public static void main(String[] args) {}
}

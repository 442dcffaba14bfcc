import java.lang.annotation.*;
import java.lang.invoke.*;
import java.lang.reflect.*;
import java.util.*;
import java.util.function.*;

public class Main {
    @Retention(RetentionPolicy.RUNTIME) @interface Note { String value(); }
    sealed interface Tree permits Leaf, Node {}
    record Leaf(int value) implements Tree {}
    record Node(Tree left, Tree right) implements Tree {}
    enum Level { LOW, HIGH { @Override public String toString() { return "high!"; } } }
    static int sum(Tree tree) {
        return switch (tree) {
            case Leaf(int value) -> value;
            case Node(Tree left, Tree right) -> sum(left) + sum(right);
        };
    }
    @Note("noted") private static String secret(int n) { return "secret " + n; }
    volatile int counter;
    public static void main(String[] arguments) throws Throwable {
        System.out.println(sum(new Node(new Leaf(1), new Node(new Leaf(2), new Leaf(3)))) + " " + new Node(new Leaf(1), new Leaf(2)));
        System.out.println(new Leaf(4).equals(new Leaf(4)) + " " + new Leaf(4).hashCode() + " " + Level.valueOf("HIGH") + " " + EnumSet.allOf(Level.class));
        Method method = Main.class.getDeclaredMethod("secret", int.class);
        System.out.println(method.invoke(null, 3) + " " + method.getAnnotation(Note.class));
        MethodHandle handle = MethodHandles.lookup().findVirtual(String.class, "concat", MethodType.methodType(String.class, String.class));
        System.out.println((String) handle.invokeExact("a", "b"));
        VarHandle counter = MethodHandles.lookup().findVarHandle(Main.class, "counter", int.class);
        Main main = new Main();
        counter.getAndAdd(main, 5);
        System.out.println(main.counter);
        Object proxy = Proxy.newProxyInstance(Main.class.getClassLoader(), new Class<?>[] {Supplier.class}, (self, called, given) -> called.getName());
        System.out.println(((Supplier<?>) proxy).get());
        try { Class.forName("missing.Name"); } catch (ClassNotFoundException wrong) { System.out.println(wrong); }
        try { Object o = "x"; Integer n = (Integer) o; } catch (ClassCastException wrong) { System.out.println(wrong.getMessage()); }
        String text = """
            block %d
              of text
            """.formatted(7);
        System.out.print(text);
        Object thing = 3.5;
        System.out.println(thing instanceof Double d && d > 3 ? "pattern " + d : "none");
        var shapes = List.of("a" + 1 + 'b' + 2L + 1.5f + true + null, "" + new int[0].length, text + thing);
        shapes.forEach(System.out::print);
        Function<Integer, Function<Integer, Integer>> add = a -> b -> a + b;
        BiFunction<Integer, Integer, Integer> times = (a, b) -> a * b;
        System.out.println(add.apply(2).apply(3) + times.andThen(n -> -n).apply(4, 5));
        System.out.println(new Object() { int twice(int n) { return 2 * n; } }.twice(21));
        System.out.println(ServiceLoader.load(java.nio.file.spi.FileSystemProvider.class).findFirst().isPresent());
    }
}

import java.util.*;

public class Main {
    interface Shape { double area(); }
    record Square(double a) implements Shape { public double area() { return a * a; } }
    record Circle(double r) implements Shape { public double area() { return 3 * r * r; } }
    record Other(double x) implements Shape { public double area() { return x; } }
    static double total(Shape[] shapes) { double sum = 0; for (Shape shape : shapes) sum += shape.area(); return sum; }
    static int length(String text) { return text.length(); }
    public static void main(String[] arguments) {
        Shape[] shapes = new Shape[100];
        double sum = 0;
        for (int kind = 0; kind < 3; kind++) {
            for (int i = 0; i < 100; i++) shapes[i] = kind == 0 ? new Square(i) : kind == 1 && i % 2 == 0 ? new Circle(i) : new Other(i);
            for (int n = 0; n < 20_000; n++) sum += total(shapes);
        }
        System.out.println(sum);
        int nulls = 0, bounds = 0, zeros = 0, casts = 0;
        int[] three = new int[3];
        for (int i = 0; i < 100_000; i++) {
            try { nulls += length(i % 1000 == 999 ? null : "abc"); } catch (NullPointerException wrong) { nulls++; }
            try { bounds += three[i % 1000 == 999 ? 3 : 1]; } catch (ArrayIndexOutOfBoundsException wrong) { bounds++; }
            try { zeros += 7 / (i % 1000 - 999); } catch (ArithmeticException wrong) { zeros++; }
            try { Object o = i % 1000 == 999 ? "text" : (Object) i; casts += (Integer) o > 0 ? 1 : 0; } catch (ClassCastException wrong) { casts++; }
        }
        System.out.println(nulls + " " + bounds + " " + zeros + " " + casts);
        long hash = 1;
        for (long i = 0; i < 50_000_000L; i++) hash = hash * 31 + (i ^ hash >>> 7);
        System.out.println(hash);
        double[][] a = new double[200][200], b = new double[200][200];
        for (int i = 0; i < 200; i++) for (int j = 0; j < 200; j++) { a[i][j] = i + j; b[i][j] = i - j; }
        double trace = 0;
        for (int i = 0; i < 200; i++) for (int k = 0; k < 200; k++) trace += a[i][k] * b[k][i];
        System.out.println(trace);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 300_000; i++) numbers.add((int) (i * 2654435761L % 1_000_003));
        numbers.sort(Comparator.comparing((Integer n) -> n % 1000).thenComparing(Comparator.reverseOrder()));
        System.out.println(numbers.get(0) + " " + numbers.get(299_999));
    }
}

public class Main {
    static int divide(int a, int b) { return a / b; }
    public static void main(String[] arguments) {
        System.out.println("before");
        try {
            divide(1, 0);
        } catch (ArithmeticException wrong) {
            throw new IllegalStateException("around", wrong);
        }
    }
}

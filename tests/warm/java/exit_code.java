public class Main {
    public static void main(String[] arguments) {
        System.out.print("no newline");
        System.exit(7);
    }
}

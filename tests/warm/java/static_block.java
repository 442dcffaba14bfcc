public class Main {
    static int[] numbers = new int[2];
    static { numbers[2] = 1; }
    public static void main(String[] arguments) { System.out.println("never"); }
}

public class Main {
    static void main2(String[] arguments) { System.out.println("never"); }
}

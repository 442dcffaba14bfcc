import java.util.Scanner;

public class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int n = in.nextInt();
        long sum = 0, squares = 0;
        for (int i = 0; i < n; i++) {
            long x = in.nextLong();
            sum += x;
            squares += x * x;
        }
        System.out.println(sum + " " + squares);
    }
}

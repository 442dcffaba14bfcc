// Loops over arrays and recursion: no objects.
public class Main {
    static int depth(int n) { return n < 2 ? n : depth(n - 1) + depth(n - 2); }

    public static void main(String[] arguments) {
        int size = 5_000_000, primes = 0;
        boolean[] composite = new boolean[size + 1];
        for (int i = 2; i <= size; i++) {
            if (composite[i]) continue;
            primes++;
            for (long j = (long) i * i; j <= size; j += i) composite[(int) j] = true;
        }
        int[][] best = new int[2_001][2_001];
        for (int i = 1; i <= 2_000; i++)
            for (int j = 1; j <= 2_000; j++)
                best[i][j] = i * 7 % 11 == j * 5 % 11 ? best[i - 1][j - 1] + 1 : Math.max(best[i - 1][j], best[i][j - 1]);
        System.out.println(primes + best[2_000][2_000] + depth(32));
    }
}

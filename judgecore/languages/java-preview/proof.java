import java.util.Scanner;

record Totals(long sum, long squares) {
    Totals plus(long x) { return new Totals(sum + x, squares + x * x); }
}

void main() {
    var in = new Scanner(System.in);
    var totals = new Totals(0, 0);
    for (int n = in.nextInt(); n > 0; n--) totals = totals.plus(in.nextLong());
    System.out.println(totals.sum + " " + totals.squares);
}

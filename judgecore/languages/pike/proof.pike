int main() {
    int n = (int) Stdio.stdin.gets();
    array(int) xs = (array(int)) (Stdio.stdin.gets() / " ")[..n - 1];
    write("%d %d\n", Array.sum(xs), Array.sum(map(xs, lambda(int x) { return x * x; })));
    return 0;
}

int main() {
    int n = 0, x = 0;
    int64 sum = 0, squares = 0;
    stdin.scanf("%d", out n);
    while (n-- > 0 && stdin.scanf("%d", out x) == 1) {
        sum += x;
        squares += (int64) x * x;
    }
    print(@"$sum $squares\n");
    return 0;
}

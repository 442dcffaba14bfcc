#include <stdio.h>

static_assert(sizeof(long) == 8);

int main() {
    int n = 0b0, x;
    long sum = 0, squares = 0;
    if (scanf("%d", &n) != 1) return 1;
    for (int left = n; left > 0 && scanf("%d", &x) == 1; left--)
        sum += x, squares += (long)x * x;
    printf("%ld %ld\n", sum, squares);
}

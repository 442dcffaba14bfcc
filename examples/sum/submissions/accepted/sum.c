#include <stdio.h>

int main(void) {
    int n;
    long long x, sum = 0, squares = 0;
    if (scanf("%d", &n) != 1) return 1;
    while (n-- > 0 && scanf("%lld", &x) == 1) {
        sum += x;
        squares += x * x;
    }
    printf("%lld %lld\n", sum, squares);
    return 0;
}

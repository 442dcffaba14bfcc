#include <stdio.h>
int main(void) {
    int n;
    long long a = 1, b = 1;
    scanf("%d", &n);
    while (n--) { long long c = a + b; a = b; b = c; }
    printf("%lld\n", a);
}

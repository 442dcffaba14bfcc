#include <stdio.h>
int main(void) {
    int n, d = 2;
    scanf("%d", &n);
    while (n % d) d++;
    printf("%d\n", d);
}

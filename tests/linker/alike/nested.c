/* A nested function whose address is taken: its code is on the stack. */
#include <stdio.h>

static int apply(int (*function)(int), int value) { return function(value); }

int main(void) {
    int given;
    if (scanf("%d", &given) != 1) return 1;
    int add(int value) { return value + given; }
    printf("%d\n", apply(add, 40));
}

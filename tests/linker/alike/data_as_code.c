/* Data is not executed. */
#include <stdio.h>

static unsigned char code[] = {0xc3};

int main(void) {
    puts("calls");
    fflush(stdout);
    ((void (*)(void))(__UINTPTR_TYPE__)code)();
    puts("returned");
}

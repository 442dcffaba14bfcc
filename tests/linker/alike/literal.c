/* Literals stay read-only. */
#include <stdio.h>

int main(void) {
    char *text = (char *)(__UINTPTR_TYPE__) "literal";
    puts(text);
    fflush(stdout);
    *(volatile char *)text = 'x';
    puts("written");
}

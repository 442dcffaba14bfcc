/* A function that is chosen when the program starts. */
#include <stdio.h>

static int seven(void) { return 7; }
static int (*choose(void))(void) { return seven; }
int chosen(void) __attribute__((ifunc("choose")));

int main(void) { printf("%d %d\n", chosen(), chosen == chosen); }

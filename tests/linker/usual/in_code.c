/* An address in the code, which has to be changed when the program starts: it works, with a warning. */
#include <stdio.h>

__asm__(".text\n.globl table\ntable: .quad main\n");
extern const long table[];

int main(void) { printf("%d\n", table[0] == (long)main); }

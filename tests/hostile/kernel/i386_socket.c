/* attack: a network socket through the 32-bit entry point
 * expect: RE
 */
#include <stdio.h>
int main(void) {
    int fd = -1;
    setbuf(stdout, 0);
#ifdef __x86_64__
    __asm__ volatile("int $0x80" : "=a"(fd) : "a"(359), "b"(2), "c"(1), "d"(0));
#else
    return 1;
#endif
    printf("BREACH went through with %d\n", fd);
}

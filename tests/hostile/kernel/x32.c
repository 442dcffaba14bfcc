/* attack: the x32 entry point, where numbers carry another bit
 * expect: RE
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    setbuf(stdout, 0);
#ifdef __x86_64__
    printf("BREACH answer %ld\n", syscall(0x40000000 + SYS_getpid));
#else
    return 1;
#endif
}

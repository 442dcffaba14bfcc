/* attack: the 32-bit entry point, where numbers mean other calls
 * expect: RE
 */
#include <stdio.h>
int main(void) {
    int answer = 0;
    setbuf(stdout, 0);
#ifdef __x86_64__
    __asm__ volatile("int $0x80" : "=a"(answer) : "a"(20));
#else
    return 1;
#endif
    printf("BREACH answer %d\n", answer);
}

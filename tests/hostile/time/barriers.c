/* attack: interrupts for the other cores and waits for the whole machine, by memory barriers
 * expect: TLE
 * limits: cpu_ms=400
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>
enum { GLOBAL = 1, GLOBAL_EXPEDITED = 2, REGISTER = 4 };
int main(void) {
    syscall(SYS_membarrier, REGISTER, 0, 0);
    for (int i = 0; i < 8; i++)
        if (fork() == 0) for (;;) syscall(SYS_membarrier, GLOBAL, 0, 0);
    for (;;) syscall(SYS_membarrier, GLOBAL_EXPEDITED, 0, 0);
}

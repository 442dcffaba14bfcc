/* attack: a crowd of busy processes with long slices, so that the runner comes late to the clock
 * expect: TLE
 * limits: cpu_ms=400 wall_ms=4000 processes=200 memory_mb=128
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t slice, deadline, period; }
        how = {.size = sizeof how, .slice = 100000000};
    syscall(SYS_sched_setattr, 0, &how, 0); /* a tenth of a second, from Linux 6.12 on */
    for (int i = 0; i < 180; i++)
        if (fork() == 0) {
            setsid();
            break;
        }
    for (;;) {}
}

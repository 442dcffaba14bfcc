/* attack: performance counters of itself, of the runner and of the processor
 * expect: AC
 */
#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    for (unsigned type = 0; type < 8; type++) {
        struct perf_event_attr a = {.type = type, .size = sizeof a, .exclude_kernel = 1};
        if (syscall(SYS_perf_event_open, &a, 0, -1, -1, 0) >= 0) puts("BREACH perf");
        if (syscall(SYS_perf_event_open, &a, 1, -1, -1, 0) >= 0) puts("BREACH perf of the runner");
    }
    puts("held");
}

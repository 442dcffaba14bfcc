/* attack: makes the runner the last in every queue
 * expect: AC
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    struct sched_param p = {0};
    cpu_set_t none;
    CPU_ZERO(&none);
    CPU_SET(0, &none);
    if (setpriority(PRIO_PROCESS, 1, 19) == 0) puts("BREACH nice");
    if (sched_setscheduler(1, SCHED_IDLE, &p) == 0) puts("BREACH idle class");
    if (sched_setaffinity(1, sizeof none, &none) == 0) puts("BREACH affinity");
    if (syscall(SYS_ioprio_set, 1, 1, 3 << 13) == 0) puts("BREACH I/O class");
    puts("held");
}

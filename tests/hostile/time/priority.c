/* attack: a better place in the queue: nice, real-time, deadline, I/O class
 * expect: AC
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    struct sched_param p = {.sched_priority = 1};
    struct { unsigned size, policy; unsigned long flags; int nice; unsigned prio; unsigned long run, dead, period; }
        deadline = {48, 6, 0, 0, 0, 1000000, 10000000, 10000000};
    if (setpriority(PRIO_PROCESS, 0, -20) == 0) puts("BREACH nice");
    if (setpriority(PRIO_USER, 0, -20) == 0) puts("BREACH nice of root");
    if (sched_setscheduler(0, SCHED_FIFO, &p) == 0) puts("BREACH fifo");
    if (sched_setscheduler(0, SCHED_RR, &p) == 0) puts("BREACH round robin");
    if (syscall(SYS_sched_setattr, 0, &deadline, 0) == 0) puts("BREACH deadline");
    if (syscall(SYS_ioprio_set, 1, 0, 1 << 13) == 0) puts("BREACH real-time I/O");
    puts("held");
}

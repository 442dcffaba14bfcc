/* attack: a kernel timer that fires at a thread of the runner
 * expect: AC
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    struct sigevent e;
    timer_t id;
    memset(&e, 0, sizeof e);
    e.sigev_notify = SIGEV_SIGNAL | 4; /* SIGEV_THREAD_ID */
    e.sigev_signo = SIGKILL;
    e._sigev_un._tid = 1;
    if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &e, &id) == 0) puts("BREACH timer at the runner");
    puts("held");
}

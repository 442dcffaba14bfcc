/* attack: as many queued signals as there may be, timers that outlive exec
 * expect: AC
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>
int main(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    for (long i = 0; i < 200000; i++) {
        union sigval v = {.sival_int = (int)i};
        if (sigqueue(getpid(), SIGRTMIN, v) < 0) break;
    }
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 1000}, {0, 1000}}, 0);
    puts("held");
}

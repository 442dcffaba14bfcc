/* attack: its CPU timers, and those of the runner
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <time.h>
int main(void) {
    clockid_t c;
    struct timespec t;
    struct itimerval none = {{0, 0}, {0, 0}};
    setitimer(ITIMER_PROF, &none, 0);
    setitimer(ITIMER_VIRTUAL, &none, 0);
    if (clock_getcpuclockid(1, &c) == 0 && clock_settime(c, &(struct timespec){0, 0}) == 0) puts("BREACH the runner's clock set");
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0 && clock_settime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0) puts("BREACH own clock set");
    prctl(PR_SET_TIMERSLACK, 1000000000ul);
    puts("held");
}

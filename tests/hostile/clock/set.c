/* attack: sets the clock back
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    struct timespec past = {0, 0};
    struct timeval tv = {0, 0};
    struct timex x = {.modes = ADJ_TICK, .tick = 9000};
    for (int c = 0; c < 12; c++)
        if (clock_settime(c, &past) == 0) puts("BREACH clock_settime");
    if (settimeofday(&tv, 0) == 0) puts("BREACH settimeofday");
    if (adjtimex(&x) >= 0 || clock_adjtime(CLOCK_REALTIME, &x) >= 0) puts("BREACH adjtimex");
    puts("held");
}

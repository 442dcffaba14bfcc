/* attack: works between the ticks of the clock and sleeps when one comes
 * expect: TLE
 * limits: cpu_ms=200 wall_ms=2000
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>
enum { TIMES = @TIMES@ };
static long nanoseconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000l + t.tv_nsec;
}
int main(void) {
    while (nanoseconds(CLOCK_PROCESS_CPUTIME_ID) < TIMES * 500000000l) {
        long began = nanoseconds(CLOCK_MONOTONIC);
        while (nanoseconds(CLOCK_MONOTONIC) - began < 800000) {}
        usleep(100);
    }
    puts("held");
}

/* attack: works between the ticks of the clock and sleeps when one comes
 * expect: TLE
 * limits: cpu_ms=200 wall_ms=2000
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    struct timespec a, b;
    for (long done = 0; done < 500000000;) {
        clock_gettime(CLOCK_MONOTONIC, &a);
        do {
            clock_gettime(CLOCK_MONOTONIC, &b);
        } while ((b.tv_sec - a.tv_sec) * 1000000000l + b.tv_nsec - a.tv_nsec < 800000);
        done += 800000;
        usleep(100);
    }
    puts("held");
}

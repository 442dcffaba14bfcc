/* attack: replaces its own clocks, so that it believes it is fast
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=1500
 */
#include <time.h>
#include <sys/resource.h>
int clock_gettime(clockid_t c, struct timespec *t) {
    (void)c;
    t->tv_sec = t->tv_nsec = 0;
    return 0;
}
clock_t clock(void) {
    return 0;
}
int main(void) {
    while (clock() < CLOCKS_PER_SEC) {}
}

/* attack: spreads the work over threads, each below the limit
 * expect: TLE
 * limits: cpu_ms=400 wall_ms=3000
 */
#include <pthread.h>
#include <time.h>
enum { TIMES = @TIMES@ };
static void *work(void *p) {
    while (clock() < TIMES * 6L * CLOCKS_PER_SEC / 10) {}
    return p;
}
int main(void) {
    pthread_t t[8];
    for (int i = 0; i < 8; i++) pthread_create(&t[i], 0, work, 0);
    for (int i = 0; i < 8; i++) pthread_join(t[i], 0);
}

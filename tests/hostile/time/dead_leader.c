/* attack: the first thread has ended, another one goes on: a zombie that is alive
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=600
 */
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>
static void *rest(void *p) {
    for (;;) pause();
    return p;
}
int main(void) {
    pthread_t t;
    pthread_create(&t, 0, rest, 0);
    syscall(SYS_exit, 0);
}

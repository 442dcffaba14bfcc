/* attack: stopped for most of the time, woken by a child, so that its clock seems to stand
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=800
 */
#include <signal.h>
#include <unistd.h>
int main(void) {
    pid_t me = getpid();
    if (fork() == 0)
        for (;;) {
            usleep(20000);
            kill(me, SIGCONT);
        }
    for (;;) raise(SIGSTOP);
}

/* attack: a crowd of processes that block and ignore everything
 * expect: AC
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 20; i++)
        if (fork() == 0) {
            sigset_t all;
            sigfillset(&all);
            sigprocmask(SIG_BLOCK, &all, 0);
            for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
            setsid();
            for (;;) sched_yield();
        }
    usleep(30000);
    puts("held");
}

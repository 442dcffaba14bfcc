/* attack: children whose death is told to the runner by SIGKILL, SIGSTOP or not at all
 * expect: AC
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    int tell[] = {0, SIGSTOP, SIGTERM, SIGUSR1, SIGKILL};
    for (int i = 0; i < 5; i++) {
        if (fork() == 0) {
            if (syscall(SYS_clone, tell[i], 0, 0, 0, 0) == 0) usleep(20000);
            _exit(0);
        }
        if (syscall(SYS_clone, CLONE_PARENT | tell[i], 0, 0, 0, 0) == 0) _exit(0);
    }
    usleep(60000);
    puts("held");
}

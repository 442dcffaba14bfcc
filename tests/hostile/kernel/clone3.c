/* attack: namespaces by clone3, whose flags lie in memory where no filter can look
 * expect: AC
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    unsigned long flags[] = {0, CLONE_NEWUSER, CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS, CLONE_NEWTIME, CLONE_INTO_CGROUP};
    for (int i = 0; i < 5; i++) {
        struct clone_args a = {.flags = flags[i], .exit_signal = SIGCHLD};
        long pid = syscall(SYS_clone3, &a, sizeof a);
        if (pid == 0) _exit(0);
        if (pid > 0) puts("BREACH clone3");
    }
    puts("held");
}

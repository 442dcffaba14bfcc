/* attack: daemons in every way at once, each answering for the others, and the answer at the end
 * expect: AC
 * tests: 2
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
static char stack[65536];
static int wait_for_ever(void *p) {
    (void)p;
    for (;;) pause();
}
int main(void) {
    if (vfork() == 0) {
        setsid();
        execl("/bin/sleep", "sleep", "100", (char *)0);
        _exit(1);
    }
    if (fork() == 0) {
        setsid();
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        if (fork() == 0 && fork() == 0) setsid();
        for (;;) pause();
    }
    clone(wait_for_ever, stack + sizeof stack, CLONE_PARENT | CLONE_VM | CLONE_FS, 0);
    for (int i = 0; i < 4; i++)
        if (fork() == 0)
            for (signal(SIGHUP, SIG_IGN);; usleep(2000)) {
                if (fork()) _exit(0);
                setsid();
            }
    usleep(20000);
    puts("held");
}

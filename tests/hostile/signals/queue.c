/* attack: queued signals with a forged sender, to the runner
 * expect: AC
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    siginfo_t info = {.si_code = SI_KERNEL, .si_signo = SIGCHLD};
    union sigval v = {.sival_int = 1};
    for (int s = 1; s < 65; s++) {
        if (sigqueue(1, s, v) == 0) puts("BREACH sigqueue");
        info.si_signo = s;
        if (syscall(SYS_rt_sigqueueinfo, 1, s, &info) == 0) puts("BREACH rt_sigqueueinfo");
        if (syscall(SYS_tgkill, 1, 1, s) == 0) puts("BREACH tgkill");
        if (syscall(SYS_tkill, 1, s) == 0) puts("BREACH tkill");
    }
    puts("held");
}

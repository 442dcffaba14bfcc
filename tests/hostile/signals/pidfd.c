/* attack: signals through a descriptor of the runner's process
 * expect: AC
 */
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    int fd = (int)syscall(SYS_pidfd_open, 1, 0);
    for (int s = 1; fd >= 0 && s < 65; s++)
        if (syscall(SYS_pidfd_send_signal, fd, s, 0, 0) == 0) puts("BREACH pidfd_send_signal");
    if (fd >= 0 && syscall(448 /* process_mrelease */, fd, 0) == 0) puts("BREACH process_mrelease");
    puts("held");
}

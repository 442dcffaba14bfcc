/* attack: epolls in epolls, whose checking takes a lock of the whole machine
 * expect: AC
 */
#include <stdio.h>
#include <sys/epoll.h>
int main(void) {
    enum { DEEP = 5, WIDE = 30 };
    int fds[DEEP][WIDE];
    struct epoll_event event = {EPOLLIN, {0}};
    for (int d = 0; d < DEEP; d++)
        for (int w = 0; w < WIDE; w++) fds[d][w] = epoll_create1(0);
    for (int d = 0; d + 1 < DEEP; d++)
        for (int w = 0; w < WIDE; w++)
            for (int k = 0; k < WIDE; k++) epoll_ctl(fds[d][w], EPOLL_CTL_ADD, fds[d + 1][k], &event);
    puts("held");
}

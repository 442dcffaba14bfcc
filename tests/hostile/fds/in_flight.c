/* attack: stdout in flight in a cycle of sockets that hold each other, so that it is never closed
 * expect: AC
 * tests: 2
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
static void send_fd(int over, int fd) {
    char control[CMSG_SPACE(sizeof fd)] = {0}, c = 0;
    struct iovec v = {&c, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(h), &fd, sizeof fd);
    sendmsg(over, &m, 0);
}
int main(void) {
    for (int i = 0; i < 50; i++) {
        int s[2];
        if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s) < 0) break;
        send_fd(s[0], 1);
        send_fd(s[0], s[0]);
        send_fd(s[0], s[1]);
        send_fd(s[1], s[0]);
    }
    puts("held");
}

/* attack: claims to be root, or the runner, in the credentials of a message
 * expect: AC
 * also: process RE
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
int main(void) {
    int s[2], on = 1;
    struct ucred fake = {1, 0, 0};
    char control[CMSG_SPACE(sizeof fake)] = {0}, c = 0;
    struct iovec v = {&c, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s) < 0) return 1;
    setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_CREDENTIALS;
    h->cmsg_len = CMSG_LEN(sizeof fake);
    memcpy(CMSG_DATA(h), &fake, sizeof fake);
    puts(sendmsg(s[0], &m, 0) > 0 ? "BREACH forged credentials" : "held");
}

/* attack: the ends of its pipes sent to nobody, so that the runner waits for an end that never comes
 * expect: AC
 * tests: 2
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
int main(void) {
    int s[2];
    puts("held");
    fflush(stdout);
    for (int i = 0; i < 20; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0) return 0;
        int sent[5] = {0, 1, 2, s[0], s[1]};
        char control[CMSG_SPACE(sizeof sent)] = {0}, c = 0;
        struct iovec v = {&c, 1};
        struct msghdr m = {0, 0, &v, 1, control, sizeof control, 0};
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = SCM_RIGHTS;
        h->cmsg_len = CMSG_LEN(sizeof sent);
        memcpy(CMSG_DATA(h), sent, sizeof sent);
        for (int end = 0; end < 2; end++) sendmsg(s[end], &m, 0);
    }
}

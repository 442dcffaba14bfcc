/* attack: an abstract socket that nobody holds but messages in flight, in a cycle
 * expect: AC
 * tests: 2
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(void) {
    int s = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct sockaddr_un a = {AF_UNIX, "\0judgecore-cycle"};
    if (bind(s, (struct sockaddr *)&a, 20) < 0 && errno == EADDRINUSE) puts("BREACH the name is taken");
    for (int i = 0; i < 3; i++) {
        char control[CMSG_SPACE(sizeof s)] = {0}, c = 0;
        struct iovec v = {&c, 1};
        struct msghdr m = {&a, 20, &v, 1, control, sizeof control, 0};
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = SCM_RIGHTS;
        h->cmsg_len = CMSG_LEN(sizeof s);
        memcpy(CMSG_DATA(h), &s, sizeof s);
        sendmsg(s, &m, 0);
    }
    puts("held");
}

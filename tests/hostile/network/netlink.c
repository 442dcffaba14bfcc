/* attack: netlink: routes, audit, device events, connector
 * expect: AC
 */
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    for (int protocol = 0; protocol < 32; protocol++)
        if (socket(AF_NETLINK, SOCK_RAW, protocol) >= 0) printf("BREACH netlink %d\n", protocol);
    puts("held");
}

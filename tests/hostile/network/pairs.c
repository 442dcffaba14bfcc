/* attack: sockets of other families in pairs, by the call that a filter forgets
 * expect: AC
 */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    int s[2];
    for (int family = 0; family < 64; family++)
        for (int type = 1; type < 6 && family != AF_UNIX; type++) {
            if (socketpair(family, type, 0, s) == 0) printf("BREACH pair of family %d\n", family);
            else if (errno == EOPNOTSUPP) printf("BREACH the kernel made a socket of family %d\n", family);
        }
    puts("held");
}

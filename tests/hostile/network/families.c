/* attack: every address family that the kernel may have, but AF_UNIX
 * expect: AC
 */
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    for (int family = 0; family < 64; family++)
        for (int type = 1; type < 6 && family != AF_UNIX; type++)
            if (socket(family, type, 0) >= 0) printf("BREACH family %d\n", family);
    puts("held");
}

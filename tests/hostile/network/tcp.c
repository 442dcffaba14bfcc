/* attack: TCP to the outside, to the host and to itself
 * expect: AC
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    int families[] = {AF_INET, AF_INET6};
    for (int i = 0; i < 2; i++)
        for (int type = 1; type < 7; type++)
            if (socket(families[i], type, 0) >= 0) printf("BREACH family %d type %d\n", families[i], type);
    puts("held");
}

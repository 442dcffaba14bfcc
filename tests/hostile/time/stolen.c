/* attack: ends in time, and lets a child find the answer afterwards
 * expect: WA
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    if (fork() == 0) {
        setsid();
        usleep(200000);
        puts("held");
    }
}

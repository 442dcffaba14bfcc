/* attack: a process whose pid changes all the time, so that killing pid by pid never catches it
 * expect: AC
 * limits: memory_mb=256
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 8; i++)
        if (fork() == 0)
            for (;;)
                if (fork() > 0) _exit(0);
    usleep(50000);
    puts("held");
}

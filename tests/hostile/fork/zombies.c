/* attack: as many zombies as can be had, never reaped
 * expect: AC
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 2000; i++)
        if (fork() == 0) _exit(0);
    puts("held");
}

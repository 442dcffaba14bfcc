/* attack: uses up the file table of the machine, in the runner's worst moment
 * expect: AC MLE
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 30; i++)
        if (fork() == 0) {
            while (open("/dev/null", O_RDONLY) >= 0) {}
            pause();
        }
    usleep(100000);
    puts("held");
}

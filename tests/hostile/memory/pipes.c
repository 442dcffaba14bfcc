/* attack: memory in the kernel: pipes filled and never read
 * expect: AC MLE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) {
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            int p[2];
            while (pipe2(p, O_NONBLOCK) == 0) {
                fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
                if (write(p[1], block, sizeof block) < 0) break;
            }
            pause();
        }
    usleep(300000);
    puts("held");
}

/* attack: each process stays below the limit, together they are far over
 * expect: MLE
 * concedes: process memory is looked at every few milliseconds; what comes and goes in between is not seen
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *volatile kept;
int main(void) {
    for (int i = 0; i < 8; i++)
        if (fork() == 0) {
            memset(kept = malloc(20 << 20), 1, 20 << 20);
            usleep(500000);
            _exit(0);
        }
    while (wait(NULL) > 0) {}
}

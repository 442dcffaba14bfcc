/* attack: a large input makes the runner the fattest process, so that the OOM killer takes it
 * expect: MLE
 * concedes: process memory is looked at every few milliseconds; what comes and goes in between is not seen
 * inputs: 48
 * limits: cpu_ms=3000 wall_ms=6000
 */
#include <string.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void *volatile kept;
int main(void) {
    for (int i = 0; i < 30; i++)
        if (fork() == 0) {
            memset(kept = malloc(4 << 20), 1, 4 << 20);
            sleep(3);
            _exit(0);
        }
    while (wait(NULL) > 0) {}
}

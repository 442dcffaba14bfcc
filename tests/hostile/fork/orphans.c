/* attack: thousands of orphans dying on the runner's hands
 * expect: AC
 * limits: cpu_ms=3000 wall_ms=6000
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 1000; i++) {
        if (fork() == 0) {
            for (int k = 0; k < 4; k++)
                if (fork() == 0) _exit(k);
            _exit(0);
        }
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
    }
    puts("held");
}

/* attack: orphans gathered by a subreaper of the program's own, out of the runner's sight
 * expect: AC
 */
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(void) {
    if (fork() == 0) {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        setsid();
        for (int i = 0; i < 5; i++)
            if (fork() == 0) {
                if (fork() == 0) pause();
                _exit(0);
            }
        pause();
    }
    usleep(30000);
    puts("held");
}

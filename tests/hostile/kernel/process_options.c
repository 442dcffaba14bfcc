/* attack: every option of prctl, in children, in case one reaches further than the process
 * expect: AC
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    for (long option = 0; option < 90; option++)
        for (long value = 0; value < 3; value++) {
            pid_t child = fork();
            if (child == 0) {
                alarm(1);
                syscall(SYS_prctl, option, value, 0, 0, 0);
                _exit(0);
            }
            waitpid(child, 0, 0);
        }
    puts("held");
}

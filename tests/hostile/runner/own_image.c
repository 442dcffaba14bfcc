/* attack: executes the runner's own file, by its name and by its process, to become one
 * expect: AC
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    const char *paths[] = {"/judgecore-runner", "/proc/1/exe", "/run/judgecore/runner.sock", "/proc/self/exe/../judgecore-runner"};
    for (int i = 0; i < 4; i++) {
        int status = 0;
        if (fork() == 0) {
            alarm(1);
            dup2(2, 1);
            execl(paths[i], paths[i], "--fd", "0", "--namespaces", (char *)0);
            _exit(0);
        }
        wait(&status);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue; /* refused, or it saw no frame */
    }
    puts("held");
}

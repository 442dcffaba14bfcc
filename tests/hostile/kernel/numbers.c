/* attack: every system call number of the last ten years, and some that do not exist, with nothing
 * expect: AC
 * limits: cpu_ms=3000 wall_ms=8000
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    for (int nr = 300; nr < 600; nr++) {
        if (fork() == 0) {
            alarm(1);
            for (int i = 0; i < 8; i++) syscall(nr, i & 1 ? -1 : 0, i & 2 ? -1 : 0, i & 4 ? 4096 : 0, 0, 0, 0);
            _exit(0);
        }
        wait(0);
    }
    puts("held");
}

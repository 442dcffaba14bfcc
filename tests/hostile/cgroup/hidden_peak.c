/* attack: more memory than allowed, for a moment only, and the peak reset afterwards
 * expect: MLE
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *volatile kept;
int main(void) {
    const char *names[] = {"/run/judgecore-memory/memory.max_usage_in_bytes", "/run/judgecore-memory/run/memory.peak",
                           "/sys/fs/cgroup/memory/memory.max_usage_in_bytes", "/run/judgecore-memory/memory.force_empty"};
    if (fork() == 0) {
        memset(kept = malloc(90 << 20), 1, 90 << 20);
        _exit(0);
    }
    wait(0);
    for (int i = 0; i < 4; i++) {
        int fd = open(names[i], O_WRONLY);
        if (fd >= 0 && write(fd, "0", 1) == 1) puts("BREACH peak reset");
    }
    puts("held");
}

/* attack: moves itself to another control group, by every file that could do it
 * expect: AC
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    const char *tops[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup/pids",
                          "/run/judgecore-memory", "/run/judgecore-cpu", "/run/judgecore-memory/.."};
    const char *names[] = {"cgroup.procs", "tasks", "cgroup.threads", "run/cgroup.procs", "cgroup.clone_children"};
    for (int t = 0; t < 7; t++)
        for (int n = 0; n < 5; n++) {
            char path[100];
            snprintf(path, sizeof path, "%s/%s", tops[t], names[n]);
            int fd = open(path, O_WRONLY);
            if (fd >= 0 && write(fd, "0", 1) == 1) printf("BREACH wrote %s\n", path);
        }
    puts("held");
}

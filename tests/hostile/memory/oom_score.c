/* attack: makes itself unkillable for the OOM killer, and the runner its first choice
 * expect: AC
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static void try(const char *path, const char *value) {
    int fd = open(path, O_WRONLY);
    if (fd >= 0 && write(fd, value, 5) > 0) printf("BREACH wrote %s to %s\n", value, path);
}
int main(void) {
    try("/proc/self/oom_score_adj", "-1000");
    try("/proc/self/oom_adj", "-0017");
    try("/proc/1/oom_score_adj", "+1000");
    puts("held");
}

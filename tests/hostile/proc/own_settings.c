/* attack: settings of its own that only root may change: user map, login uid, limits
 * expect: AC
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static void try(const char *path, const char *value) {
    int fd = open(path, O_WRONLY);
    if (fd >= 0 && write(fd, value, strlen(value)) > 0) printf("BREACH wrote %s\n", path);
}
int main(void) {
    try("/proc/self/uid_map", "0 0 1");
    try("/proc/self/gid_map", "0 0 1");
    try("/proc/self/oom_score_adj", "-1");
    try("/proc/self/attr/exec", "unconfined");
    try("/proc/1/comm", "x");
    try("/proc/1/coredump_filter", "0x7f");
    try("/proc/1/clear_refs", "1");
    try("/proc/1/timerslack_ns", "1");
    puts("held");
}

/* attack: flushes the host's disks again and again, by files that it can only read
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    /* The kernel knows no file -1: whoever is told of success has not reached it. */
    if (fsync(-1) < 0 || fdatasync(-1) < 0 || syncfs(-1) < 0 || sync_file_range(-1, 0, 0, 7) < 0) puts("BREACH the call arrived");
    const char *names[] = {"/judgecore-runner", "/etc/hosts", "/etc/passwd", "/usr/bin/env", "/"};
    for (int i = 0; i < 5; i++) {
        int fd = open(names[i], O_RDONLY);
        for (int k = 0; fd >= 0 && k < 100; k++) fsync(fd), syncfs(fd);
    }
    if (msync((void *)8192, 4096, MS_SYNC) < 0) puts("BREACH by a mapping");
    for (int k = 0; k < 100; k++) sync();
    puts("held");
}

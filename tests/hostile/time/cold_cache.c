/* attack: throws the files that everybody needs out of memory, so that the neighbours wait for the disk
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
int main(void) {
    if (posix_fadvise(-1, 0, 0, POSIX_FADV_DONTNEED)) puts("BREACH the call arrived");
    const char *names[] = {"/usr/bin/python3", "/bin/sh", "/lib/x86_64-linux-gnu/libc.so.6", "/judgecore-runner"};
    for (int i = 0; i < 4; i++) {
        int fd = open(names[i], O_RDONLY);
        if (fd >= 0) posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    }
    puts("held");
}

/* attack: reads the disk past every cache, again and again, while using no time of its own
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    const char *path = "/usr/bin/env";
    if (open(path, O_RDONLY | O_DIRECT) >= 0) puts("BREACH opened for direct reads");
    if (openat(AT_FDCWD, path, O_RDONLY | O_DIRECT) >= 0) puts("BREACH opened at");
#ifdef SYS_open
    if (syscall(SYS_open, path, O_RDONLY | O_DIRECT) >= 0) puts("BREACH opened by the old call");
#endif
    struct { uint64_t flags, mode, resolve; } how = {O_RDONLY | O_DIRECT, 0, 0};
    if (syscall(437, AT_FDCWD, path, &how, sizeof how) >= 0) puts("BREACH opened by openat2");
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) puts("BREACH an honest open is refused");
    if (fcntl(fd, F_SETFL, O_DIRECT) == 0) puts("BREACH turned direct afterwards");
    puts("held");
}

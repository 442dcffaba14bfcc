/* attack: fills its account with file pages first, behind which a later test's memory would hide
 * expect: MLE
 * tests: 2
 * limits: cpu_ms=3000 wall_ms=6000
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
static long left = 200 << 20;
static char block[1 << 16];
static void *volatile kept;
static int look(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)at;
    int fd = kind == FTW_F && st->st_size ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) : -1;
    for (ssize_t n; fd >= 0 && (n = read(fd, block, sizeof block)) > 0;) left -= n;
    if (fd >= 0) close(fd);
    return left < 0;
}
int main(void) {
    nftw("/usr/lib", look, 16, FTW_PHYS);
    if (fork() == 0) {
        memset(kept = malloc(90 << 20), 1, 90 << 20);
        _exit(0);
    }
    wait(0);
    puts("held");
}

/* attack: the pipes to the interactor opened from the other side, closed to it, tiny and packet-wise
 * expect: AC
 * needs: container namespaces
 * problem: interactive
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
int main(void) {
    char line[100];
    struct stat st;
    if (!fgets(line, sizeof line, stdin)) return 1;
    for (int fd = 0; fd < 2; fd++) {
        const char *path = fd ? "/proc/self/fd/1" : "/proc/self/fd/0";
        bool own = fstat(fd, &st) == 0 && st.st_uid == getuid(); /* where there is one uid: fds/modes.c */
        if (!own && (fchmod(fd, 0) == 0 || chmod(path, 0) == 0)) puts("BREACH closed to others");
        if (fchown(fd, 1, 1) == 0) puts("BREACH given away");
        fsetxattr(fd, "user.judgecore", "x", 1, 0);
        flock(fd, LOCK_EX | LOCK_NB);
        fcntl(fd, F_SETPIPE_SZ, 4096);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        int again = open(path, O_RDWR | O_NONBLOCK);
        fcntl(again, F_SETFL, O_DIRECT | O_NONBLOCK);
        if (fd == 0 && write(again, "held\n", 5) < 0) {}
        if (fd == 1 && read(again, line, sizeof line) > 0) puts("BREACH read what another wrote");
    }
    fcntl(1, F_SETFL, 0);
    puts("held");
    fflush(stdout);
}

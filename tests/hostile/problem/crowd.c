/* attack: uses up processes, memory, files and disk while the interactor needs some of each
 * expect: AC
 * needs: container namespaces
 * problem: interactive writable
 * limits: cpu_ms=2000 wall_ms=6000 memory_mb=192
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void fill(const char *folder) {
    static char data[1 << 16];
    char path[64];
    for (int i = 0; i < 200; i++) {
        snprintf(path, sizeof path, "%s/%d", folder, i);
        int fd = open(path, O_CREAT | O_WRONLY, 0666);
        for (int n = 0; i < 4 && n < 100 && write(fd, data, sizeof data) > 0; n++) {}
        close(fd);
    }
}
int main(void) {
    char line[100];
    if (!fgets(line, sizeof line, stdin)) return 1;
    signal(SIGXFSZ, SIG_IGN);
    for (pid_t pid; (pid = fork()) >= 0;)
        if (pid == 0) for (;;) pause();
    fill("."), fill("/tmp"), fill("/dev/shm");
    for (int i = 0; i < 8; i++) {
        char *more = malloc(1 << 20);
        if (more) memset(more, 1, 1 << 20);
    }
    while (open("/dev/null", O_RDONLY) >= 0) {}
    puts("held");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {}
}

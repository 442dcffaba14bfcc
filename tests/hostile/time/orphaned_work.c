/* attack: the work is done by short-lived orphans whose time nobody waits for
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=4000
 */
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
enum { TIMES = @TIMES@ };
int main(void) {
    for (int i = 0; i < TIMES * 40; i++) {
        int p[2];
        char c;
        if (pipe(p) < 0) return 1;
        if (fork() == 0) {
            if (fork() > 0) _exit(0);
            while (clock() < CLOCKS_PER_SEC / 50) {}
            _exit(0);
        }
        wait(NULL); /* for the first one, which did nothing: it counts as a process until then */
        close(p[1]);
        if (read(p[0], &c, 1) < 0) return 1;
        close(p[0]);
    }
    puts("held");
}

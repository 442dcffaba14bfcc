/* attack: looks like the runner, for whoever kills by name
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(int argc, char **argv) {
    (void)argc;
    if (fork() == 0) {
        prctl(PR_SET_NAME, "judgecore-runne");
        memset(argv[0], 'r', strlen(argv[0]));
        prctl(PR_SET_DUMPABLE, 0);
        setsid();
        pause();
    }
    usleep(10000);
    puts("held");
}

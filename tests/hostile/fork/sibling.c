/* attack: CLONE_PARENT makes a child of the runner, which ends well in the failing program's stead
 * expect: RE
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    puts("held");
    fflush(stdout);
    for (int i = 0; i < 10; i++)
        if (syscall(SYS_clone, CLONE_PARENT, 0, 0, 0, 0) == 0) _exit(0);
    usleep(50000);
    _exit(3);
}

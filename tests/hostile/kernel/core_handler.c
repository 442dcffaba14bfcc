/* attack: a crash that starts the host's core handler as root; a limit of 0 does not stop a pipe
 * expect: RE
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    struct rlimit limit = {0, 0};
    if (setrlimit(RLIMIT_CORE, &limit) == 0) puts("BREACH the core limit was changed");
    if (syscall(SYS_setrlimit, RLIMIT_CORE, &limit) == 0) puts("BREACH by the old call");
    if (syscall(SYS_prlimit64, 0, RLIMIT_CORE, &limit, 0) == 0) puts("BREACH by the new call");
    if (syscall(SYS_prlimit64, getpid(), RLIMIT_CORE, &limit, 0) == 0) puts("BREACH by its own number");
    fflush(stdout);
    abort();
}

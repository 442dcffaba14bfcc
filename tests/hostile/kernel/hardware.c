/* attack: ports, segments, address randomisation, vmsplice
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
int main(void) {
    int p[2];
    struct iovec v = {p, sizeof p};
#ifdef __x86_64__
    char entry[16] = {0};
    if (syscall(SYS_iopl, 3) == 0) puts("BREACH iopl");
    if (syscall(SYS_ioperm, 0x70, 2, 1) == 0) puts("BREACH ioperm");
    if (syscall(SYS_modify_ldt, 1, entry, 16) == 0) puts("BREACH modify_ldt");
#endif
    if (personality(ADDR_NO_RANDOMIZE) >= 0) puts("BREACH personality");
    if (pipe(p) == 0 && vmsplice(p[1], &v, 1, 1) > 0) puts("BREACH vmsplice");
    puts("held");
}

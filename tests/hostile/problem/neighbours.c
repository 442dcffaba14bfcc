/* attack: kills, traces and reads the interactor, and has the kernel send it signals
 * expect: AC
 * needs: container namespaces
 * problem: interactive
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <unistd.h>
int main(void) {
    char line[100], data[64];
    if (!fgets(line, sizeof line, stdin)) return 1;
    struct iovec here = {data, 64}, there = {(void *)0x400000, 64};
    kill(-1, SIGKILL); /* 0 tells nothing: it is the answer, too, where every process refused */
    for (int pid = 1; pid < 3000; pid++) {
        if (pid == getpid()) continue;
        for (int fd = 0; fd < 2; fd++) {
            fcntl(fd, F_SETSIG, SIGKILL);
            fcntl(fd, F_SETOWN, pid);
            fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC);
        }
        if (kill(pid, SIGKILL) == 0) puts("BREACH killed one");
        if (process_vm_readv(pid, &here, 1, &there, 1, 0) > 0) puts("BREACH read memory");
        if (ptrace(PTRACE_ATTACH, pid, 0, 0) == 0) puts("BREACH traces one");
    }
    int shared = shmget(0x6A75, 4096, 0);
    if (shared >= 0) puts("BREACH its shared memory");
    fcntl(1, F_SETFL, 0);
    puts("held");
    fflush(stdout);
}

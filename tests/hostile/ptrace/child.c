/* attack: traces a child of its own, to steer its system calls past a filter
 * expect: AC
 */
#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>
int main(void) {
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0) puts("BREACH traceme");
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) puts("BREACH seized a child");
    puts("held");
}

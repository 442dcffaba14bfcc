/* attack: traces the runner
 * expect: AC
 */
#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>
int main(void) {
    if (ptrace(PTRACE_ATTACH, 1, 0, 0) == 0) puts("BREACH attached");
    if (ptrace(PTRACE_SEIZE, 1, 0, 0) == 0) puts("BREACH seized");
    if (ptrace(PTRACE_SEIZE, getppid(), 0, 0) == 0) puts("BREACH seized the parent");
    puts("held");
}

/* attack: SIGKILL for every process it may signal, and for each pid by name
 * expect: AC
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    kill(-1, SIGKILL);
    for (int pid = 1; pid < 5000; pid++)
        if (pid != getpid() && kill(pid, SIGKILL) == 0) printf("BREACH killed %d\n", pid);
    puts("held");
}

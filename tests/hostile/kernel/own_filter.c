/* attack: a filter of its own that allows everything, and one that answers for its children
 * expect: AC
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog p = {1, allow};
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &p);
    if (prctl(PR_SET_SECCOMP, 0, 0) == 0) puts("BREACH the filter went");
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0) puts("BREACH the filter was loosened");
    puts("held");
}

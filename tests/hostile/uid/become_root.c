/* attack: becomes root, or anybody else
 * expect: AC
 */
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>
static int in_other_groups(void) {
    gid_t groups[64];
    int n = getgroups(64, groups), others = n < 0;
    for (int i = 0; i < n; i++) others += groups[i] != getgid();
    return others;
}
int main(void) {
    gid_t g = 0;
    uid_t others[] = {0, 1, 1000, 65534, getuid() - 1, getuid() + 1};
    for (int i = 0; i < 6; i++) {
        if (others[i] == getuid() || others[i] == getgid()) continue;
        if (setuid(others[i]) == 0 || seteuid(others[i]) == 0) puts("BREACH setuid");
        if (setgid(others[i]) == 0 || setegid(others[i]) == 0) puts("BREACH setgid");
        if (setresuid(others[i], others[i], others[i]) == 0) puts("BREACH setresuid");
        if (setreuid(others[i], -1u) == 0) puts("BREACH setreuid");
        setfsuid(others[i]);
        if ((uid_t)setfsuid(-1u) == others[i]) puts("BREACH setfsuid");
    }
    if (setgroups(1, &g) == 0) puts("BREACH setgroups");
    if (getuid() == 0 || getgid() == 0 || in_other_groups()) puts("BREACH root already, or in groups");
    puts("held");
}

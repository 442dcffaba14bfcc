/* attack: capabilities: raised, inherited, ambient, kept
 * expect: AC
 */
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct d[2], all[2] = {{-1u, -1u, -1u}, {-1u, -1u, -1u}};
    if (syscall(SYS_capget, &h, d) < 0 || d[0].effective || d[0].permitted || d[0].inheritable || d[1].permitted)
        puts("BREACH has capabilities");
    if (syscall(SYS_capset, &h, all) == 0) puts("BREACH capset");
    for (int c = 0; c < 41; c++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, c, 0, 0) == 0) puts("BREACH ambient");
    if (prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS) == 0) puts("BREACH securebits");
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) puts("BREACH may gain rights by exec");
    if (prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0) puts("BREACH no_new_privs was taken back");
    puts("held");
}

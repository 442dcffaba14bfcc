/* attack: modules, kexec, reboot, swap, accounting, quotas, host name, log
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/klog.h>
#include <sys/reboot.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    char log[64];
    if (syscall(SYS_init_module, log, 64, "") == 0) puts("BREACH init_module");
    if (syscall(SYS_finit_module, 0, "", 0) == 0) puts("BREACH finit_module");
    if (syscall(SYS_delete_module, "loop", 0) == 0) puts("BREACH delete_module");
    if (syscall(SYS_kexec_load, 0, 0, 0, 0) == 0) puts("BREACH kexec");
    if (reboot(RB_DISABLE_CAD) == 0) puts("BREACH reboot");
    if (swapon("/tmp/x", 0) == 0 || swapoff("/tmp/x") == 0) puts("BREACH swap");
    if (acct("/tmp/x") == 0) puts("BREACH accounting");
    if (sethostname("owned", 5) == 0 || setdomainname("owned", 5) == 0) puts("BREACH host name");
    if (klogctl(3, log, 64) > 0) puts("BREACH kernel log");
    if (syscall(SYS_quotactl, 0x800001 << 8, 0, 0, 0) == 0) puts("BREACH quota");
    if (syscall(SYS_vhangup) == 0) puts("BREACH vhangup");
    puts("held");
}

/* attack: a key in a kernel keyring, which outlives a run
 * expect: AC
 * tests: 2
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    for (int ring = -1; ring > -8; ring--)
        if (syscall(SYS_add_key, "user", "judgecore", "mark", 4, ring) >= 0) puts("BREACH a key");
    if (syscall(SYS_request_key, "user", "judgecore", 0, -3) >= 0) puts("BREACH an earlier key");
    if (syscall(SYS_keyctl, 0, -3, 1) >= 0) puts("BREACH keyctl");
    puts("held");
}

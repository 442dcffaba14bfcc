/* attack: memfd_secret, whose pages the OOM killer and the kernel itself cannot see
 * expect: AC
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
int main(void) {
    puts(syscall(SYS_memfd_secret, 0) >= 0 ? "BREACH memfd_secret" : "held");
}

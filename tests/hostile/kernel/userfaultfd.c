/* attack: page faults answered by itself, to stall the kernel
 * expect: AC
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    if (syscall(SYS_userfaultfd, 0) >= 0 || syscall(SYS_userfaultfd, 1) >= 0) puts("BREACH userfaultfd");
    if (open("/dev/userfaultfd", O_RDWR) >= 0) puts("BREACH its device");
    puts("held");
}

/* attack: io_uring, whose system calls no filter sees
 * expect: AC
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    char params[120] = {0};
    if (syscall(425, 8, params) >= 0) puts("BREACH io_uring_setup");
    if (syscall(427, -1, 0, 0, 0) >= 0) puts("BREACH io_uring_register");
    puts("held");
}

/* attack: another root directory
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    mkdir("/tmp/root", 0777);
    if (chroot("/tmp/root") == 0 || chroot("/") == 0) puts("BREACH chroot");
    if (syscall(SYS_pivot_root, "/tmp", "/tmp/root") == 0) puts("BREACH pivot_root");
    puts("held");
}

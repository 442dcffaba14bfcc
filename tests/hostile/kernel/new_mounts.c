/* attack: the new calls for mounting, one by one
 * expect: AC
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    char attr[32] = {0};
    if (syscall(428, AT_FDCWD, "/usr", 1) >= 0) puts("BREACH open_tree, cloned");
    if (syscall(428, AT_FDCWD, "/usr", 0) >= 0) puts("BREACH open_tree");
    if (syscall(429, AT_FDCWD, "/usr", AT_FDCWD, "/tmp", 0) >= 0) puts("BREACH move_mount");
    if (syscall(430, "tmpfs", 0) >= 0) puts("BREACH fsopen");
    if (syscall(433, AT_FDCWD, "/usr", 0) >= 0) puts("BREACH fspick");
    if (syscall(442, AT_FDCWD, "/usr", 0, attr, sizeof attr) >= 0) puts("BREACH mount_setattr");
    if (syscall(467, AT_FDCWD, "/usr", 0, 0, 0) >= 0) puts("BREACH open_tree_attr");
    puts("held");
}

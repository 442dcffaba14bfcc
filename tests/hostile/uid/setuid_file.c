/* attack: a setuid file, a file with capabilities, a file that belongs to root
 * expect: AC
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
int main(void) {
    unsigned char caps[20] = {1, 0, 0, 2, 255, 255, 255, 255};
    int fd = open("/tmp/x", O_CREAT | O_RDWR, 0755);
    struct stat st;
    if (fchown(fd, 0, 0) == 0 || fchown(fd, 0, -1u) == 0 || fchown(fd, -1u, 0) == 0) puts("BREACH chown");
    if (fsetxattr(fd, "security.capability", caps, sizeof caps, 0) == 0) puts("BREACH file capabilities");
    if (fsetxattr(fd, "trusted.x", "x", 1, 0) == 0) puts("BREACH trusted attribute");
    fchmod(fd, 06755);
    if (fstat(fd, &st) == 0 && st.st_uid != getuid()) puts("BREACH file of another");
    puts("held");
}

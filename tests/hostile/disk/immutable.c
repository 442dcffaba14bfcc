/* attack: files made immutable or append-only, so that they cannot be wiped
 * expect: AC
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
int main(void) {
    int fd = open("/tmp/stays", O_CREAT | O_RDWR, 0600);
    for (int flag = FS_APPEND_FL; flag <= FS_IMMUTABLE_FL + FS_APPEND_FL; flag += 1)
        if ((flag == FS_APPEND_FL || flag == FS_IMMUTABLE_FL) && ioctl(fd, FS_IOC_SETFLAGS, &flag) == 0)
            puts("BREACH file flags set");
    puts("held");
}

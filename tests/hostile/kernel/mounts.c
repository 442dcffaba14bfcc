/* attack: mounts: proc, tmpfs, overlay, cgroup, binds, remounts, unmounts
 * expect: AC
 */
#include <stdio.h>
#include <sys/mount.h>
int main(void) {
    const char *types[] = {"proc", "tmpfs", "sysfs", "cgroup", "cgroup2", "overlay", "devtmpfs", "debugfs", "fuse", "mqueue"};
    for (int i = 0; i < 10; i++)
        if (mount("x", "/tmp", types[i], 0, 0) == 0) printf("BREACH mounted %s\n", types[i]);
    if (mount("/usr", "/tmp", 0, MS_BIND, 0) == 0) puts("BREACH bind");
    if (mount(0, "/", 0, MS_REMOUNT | MS_BIND, 0) == 0) puts("BREACH remount");
    const char *points[] = {"/tmp", "/dev/shm", "/proc", "/sys/fs/cgroup", "/proc/keys", "/proc/sys", "/box"};
    for (int i = 0; i < 7; i++)
        if (umount2(points[i], MNT_DETACH) == 0) printf("BREACH unmounted %s\n", points[i]);
    puts("held");
}

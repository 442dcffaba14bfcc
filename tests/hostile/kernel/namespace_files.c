/* attack: namespaces by descriptor: their parents, their owners, and a way into them
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
enum { GET_USERNS = 0xb701, GET_PARENT = 0xb702 };
int main(void) {
    const char *kinds[] = {"pid", "user", "mnt", "net", "ipc", "uts", "cgroup", "time"};
    for (int i = 0; i < 8; i++) {
        char name[64];
        snprintf(name, sizeof name, "/proc/1/ns/%s", kinds[i]);
        if (open(name, O_RDONLY) >= 0) printf("BREACH the runner's %s namespace\n", kinds[i]);
        snprintf(name, sizeof name, "/proc/self/ns/%s", kinds[i]);
        int fd = open(name, O_RDONLY), owner = ioctl(fd, GET_USERNS);
        if (ioctl(fd, GET_PARENT) >= 0) printf("BREACH the parent of its %s namespace\n", kinds[i]);
        if (owner >= 0 && ioctl(owner, GET_PARENT) >= 0) printf("BREACH the owner of its %s namespace\n", kinds[i]);
        if (syscall(SYS_setns, fd, 0) == 0) printf("BREACH entered its %s namespace\n", kinds[i]);
    }
    puts("held");
}

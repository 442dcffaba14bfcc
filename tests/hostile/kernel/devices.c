/* attack: devices: disks, memory, loops, tunnels, virtual machines, FUSE, input
 * expect: AC
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
int main(void) {
    const char *allowed = " null zero full random urandom stdin stdout stderr fd ptmx pts tty shm mqueue . .. core ";
    char name[300];
    DIR *d = opendir("/dev");
    for (struct dirent *e; d && (e = readdir(d));) {
        snprintf(name, sizeof name, " %s ", e->d_name);
        if (!strstr(allowed, name)) printf("BREACH /dev has%s\n", name);
    }
    const char *more[] = {"sda", "vda", "nvme0n1", "mem", "kmem", "port", "kmsg", "fuse", "net/tun", "kvm", "loop-control",
                          "loop0", "mapper/control", "vhost-net", "uinput", "input/event0", "dri/card0", "watchdog", "cuse", "btrfs-control"};
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "/dev/%s", more[i]);
        if (open(name, O_RDONLY) >= 0) printf("BREACH opened %s\n", name);
    }
    puts("held");
}

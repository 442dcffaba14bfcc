/* attack: everything that /proc tells about the runner: memory, descriptors, environment, root
 * expect: AC
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    const char *names[] = {"mem", "maps", "smaps", "environ", "auxv", "io", "stack", "syscall", "pagemap",
                           "personality", "numa_maps", "task/1/mem", "task/1/environ", "map_files", "fd",
                           "fdinfo", "root/etc/shadow", "cwd/.", "ns/net", "ns/mnt", "clear_refs", "timers"};
    char path[64], to[256], c;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "/proc/1/%s", names[i]);
        int fd = open(path, O_RDONLY);
        if (fd >= 0 && read(fd, &c, 1) == 1) printf("BREACH read %s\n", path);
        if ((fd = open(path, O_WRONLY)) >= 0) printf("BREACH opened %s for writing\n", path);
        DIR *d = opendir(path);
        if (d && readdir(d)) printf("BREACH lists %s\n", path);
    }
    const char *links[] = {"exe", "cwd", "root", "fd/0", "fd/3", "ns/net", "ns/pid", "ns/mnt"};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        snprintf(path, sizeof path, "/proc/1/%s", links[i]);
        if (readlink(path, to, sizeof to) > 0) printf("BREACH followed %s\n", path);
    }
    puts("held");
}

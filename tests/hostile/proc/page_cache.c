/* attack: which pages of the shared files are in memory: what the neighbours have read lately
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    struct { uint64_t offset, length; } range = {0, 0};
    struct { uint64_t cached, dirty, writeback, evicted, recently; } told;
    const char *names[] = {"/usr/bin/python3", "/usr/bin/perl", "/judgecore-runner"};
    for (int i = 0; i < 3; i++) {
        struct stat st;
        int fd = open(names[i], O_RDONLY);
        if (fd < 0 || fstat(fd, &st) < 0) continue;
        if (syscall(451, fd, &range, &told, 0) == 0) printf("BREACH cachestat of %s\n", names[i]); /* Linux 6.5 to 6.13 */
        size_t pages = ((size_t)st.st_size + 4095) / 4096, in = 0;
        unsigned char seen[pages];
        void *at = mmap(0, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (at == MAP_FAILED || mincore(at, (size_t)st.st_size, seen) < 0) continue;
        for (size_t k = 0; k < pages; k++) in += seen[k] & 1;
        if (in && in < pages) printf("BREACH %zu of %zu pages of %s\n", in, pages, names[i]); /* all: a kernel that won't say */
    }
    puts("held");
}

/* attack: memory policies of a shared file, a node for every page, which no control group counts
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    unsigned long mask = 1;
    int fd = memfd_create("p", 0);
    if (fd < 0 || ftruncate(fd, 1 << 20) < 0) return 1;
    void *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    for (int policy = 0; policy < 7; policy++) {
        if (syscall(SYS_mbind, p, 4096ul, policy, &mask, 8ul, 0) == 0) printf("BREACH policy %d of a page\n", policy);
        if (syscall(SYS_set_mempolicy, policy, &mask, 8ul) == 0) printf("BREACH policy %d of the process\n", policy);
    }
    puts("held");
}

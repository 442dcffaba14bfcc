/* attack: huge pages that the host has set aside for somebody else, and that no group's limit counts
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
int main(void) {
    int sizes[] = {0, 21 << 26, 30 << 26};
    for (int i = 0; i < 3; i++) {
        /* Not reserving any, the kernel grants the mapping also where there are none. */
        int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_HUGETLB | sizes[i];
        if (mmap(0, 1 << 30, PROT_READ, how, -1, 0) != MAP_FAILED) puts("BREACH huge pages");
        if (memfd_create("huge", MFD_HUGETLB | (unsigned)sizes[i]) >= 0) puts("BREACH a file of huge pages");
    }
    puts("held");
}

/* attack: huge pages, which an older kernel charges to nobody
 * expect: AC MLE
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
int main(void) {
    void *p = mmap(0, 128 << 20, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (p != MAP_FAILED) {
        memset(p, 1, 128 << 20);
        puts("BREACH 128 MB of huge pages");
    }
    puts("held");
}

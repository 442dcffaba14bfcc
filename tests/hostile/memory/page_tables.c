/* attack: memory that no process shows: page tables for one byte in every two megabytes
 * concedes: process page tables are in no figure that can be had by looking at a process
 * expect: MLE
 * limits: cpu_ms=3000 wall_ms=6000
 */
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
int main(void) {
    size_t step = 2 << 20, size = (size_t)60000 * step;
    char *p = mmap(0, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    volatile char sum = 0;
    if (p == MAP_FAILED) return 1;
    madvise(p, size, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < size; i += step) sum += p[i];
    puts("BREACH 240 MB of page tables");
}

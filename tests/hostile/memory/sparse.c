/* attack: page tables: one byte in each of a million far-apart pages
 * expect: MLE RE
 */
#include <sys/mman.h>
int main(void) {
    for (;;) {
        char *p = mmap(0, 1ul << 40, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) return 1;
        for (unsigned long i = 0; i < 1ul << 40; i += 1ul << 21) p[i] = 1;
    }
}

/* attack: page faults without end, each page given back at once
 * expect: TLE
 * limits: cpu_ms=400
 */
#define _GNU_SOURCE
#include <sys/mman.h>
int main(void) {
    enum { SIZE = 16 << 20 };
    char *p = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (;;) {
        for (int i = 0; i < SIZE; i += 4096) p[i] = 1;
        madvise(p, SIZE, MADV_DONTNEED);
    }
}

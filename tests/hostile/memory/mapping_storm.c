/* attack: mappings by the hundred thousand, which cost the kernel memory and whoever looks at them time
 * expect: MLE TLE RE
 * limits: cpu_ms=2000 wall_ms=8000 memory_mb=512 processes=64
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 40; i++)
        if (fork() == 0) {
            for (int k = 0; k < 32000; k++) { char *p = mmap(0, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); if (p != MAP_FAILED) mprotect(p, 4096, k & 1 ? PROT_NONE : PROT_READ); }
            for (;;) pause();
        }
    for (;;) pause();
}

/* attack: memory locked, so that the host could not swap it
 * expect: AC MLE
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
int main(void) {
    void *p = mmap(0, 128 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    puts(mlock(p, 128 << 20) == 0 ? "BREACH 128 MB locked" : "held");
}

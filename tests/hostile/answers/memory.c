/* attack: looks for the answer in memory that it is given: stack, heap, shared pages, its own map
 * expect: WA
 * secret: answer
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
static void look(const char *p, size_t n) {
    const char word[] = {'j', 'u', 'd', 'g', 'e', 'c', 'o', 'r', 'e', '-', 'a', 'n', 's', 'w'};
    for (const char *q = p; (q = memmem(q, n - (size_t)(q - p), word, sizeof word)); q++) printf("%.60s\n", q);
}
int main(void) {
    size_t n = 16 << 20;
    unsigned long from, to;
    char line[512], mode[8];
    look(malloc(n), n);
    look(mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), n);
    look(mmap(0, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), n);
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 && mode[0] == 'r' && !strstr(line, "[v"))
            look((const char *)from, to - from);
}

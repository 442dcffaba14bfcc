/* attack: mounts of other namespaces by number (Linux 6.8)
 * expect: AC
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    struct { uint32_t size, fd; uint64_t id, parameter, namespace; } ask = {32, 0, ~0ull, 0, 0};
    uint64_t ids[512];
    for (ask.namespace = 0; ask.namespace < 300; ask.namespace++)
        if (syscall(458, &ask, ids, 512ul, 0) > 0) { printf("BREACH mounts of namespace %d\n", (int)ask.namespace); break; }
    puts("held");
}

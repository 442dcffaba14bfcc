/* attack: memory in anonymous files
 * expect: MLE
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) {
    for (int i = 0; i < 20; i++) {
        int fd = memfd_create("m", 0);
        for (int k = 0; k < 12; k++)
            if (write(fd, block, sizeof block) < 0) return 1;
    }
    puts("BREACH 240 MB in memfds");
}

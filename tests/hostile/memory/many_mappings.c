/* attack: ends as slowly as it can: many processes of tens of thousands of mappings
 * expect: AC MLE
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    for (int c = 0; c < 8; c++)
        if (fork() == 0) {
            for (int i = 0; i < 20000; i++)
                mmap(0, 4096, i & 1 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            pause();
        }
    usleep(100000);
    puts("held");
}

/* attack: memory in shared anonymous mappings, written by children
 * expect: MLE
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    char *p = mmap(0, 256 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            memset(p + ((size_t)i << 26), 1, 1 << 26);
            _exit(0);
        }
    while (wait(NULL) > 0) {}
    puts("held");
}

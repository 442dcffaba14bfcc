#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* Two children of 40 MiB each: neither alone is too large, together they are. */
int main(void) {
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            char *p = malloc(40 << 20);
            memset(p, 1, 40 << 20);
            sleep(1);
            _exit(p[5] - 1);
        }
    while (wait(0) > 0) {}
    return 0;
}

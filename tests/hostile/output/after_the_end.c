/* attack: the program has ended with its answer, its children go on writing
 * expect: AC WA OLE
 */
#include <stdio.h>
#include <unistd.h>
static char block[1 << 16];
int main(void) {
    puts("held");
    fflush(stdout);
    for (int i = 0; i < 4; i++)
        if (fork() == 0)
            for (;;) if (write(1, block, sizeof block) < 0) _exit(1);
}

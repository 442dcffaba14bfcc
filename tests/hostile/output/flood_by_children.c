/* attack: stdout closed by the program, flooded by its children
 * expect: OLE
 */
#include <sys/wait.h>
#include <unistd.h>
static char block[1 << 16];
int main(void) {
    for (int i = 0; i < 4; i++)
        if (fork() == 0)
            for (;;) if (write(1, block, sizeof block) < 0) _exit(1);
    close(1);
    close(2);
    while (wait(NULL) > 0) {}
}

/* attack: goes on although its children are killed for memory, and prints the answer
 * expect: MLE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 3; i++) {
        if (fork() == 0)
            for (;;) memset(malloc(1 << 20), 1, 1 << 20);
        wait(0);
    }
    puts("held");
}

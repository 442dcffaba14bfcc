/* attack: the memory is used by a child that has ended when the program ends
 * expect: MLE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *volatile kept;
int main(void) {
    if (fork() == 0) {
        memset(kept = malloc(200 << 20), 1, 200 << 20);
        _exit(0);
    }
    wait(NULL);
    puts("held");
}

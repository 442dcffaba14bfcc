/* attack: takes the names that the wiper gives to directories it moves, so that wiping fails
 * expect: AC
 * also: process OLE
 * tests: 2
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
static void make(const char *format, int i) {
    char name[64];
    snprintf(name, sizeof name, format, i);
    mkdir(name, 0700);
}
int main(void) {
    if (chdir("/tmp") < 0) return 1;
    for (int i = 0; i < 2000; i++) {
        make(".wipe-%d", i);
        make(".wipe-%d/a", i);
        make(".wipe-%d/a/b", i);
        make(".wipe-%d/a/b/c", i);
    }
    puts("held");
}

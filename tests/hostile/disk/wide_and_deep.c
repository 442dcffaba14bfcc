/* attack: a tree of directories as expensive to remove as the inodes allow
 * expect: AC
 * also: process OLE
 * tests: 2
 * limits: memory_mb=256 cpu_ms=4000 wall_ms=8000
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    for (int w = 0; w < 200; w++) {
        char name[16];
        snprintf(name, sizeof name, "w%d", w);
        if (chdir("/tmp") < 0 || mkdir(name, 0700) < 0 || chdir(name) < 0) break;
        for (int d = 0; d < 150; d++) {
            mkdir("x", 0);
            mkdir("y", 0700);
            if (chdir("y") < 0) break;
        }
    }
    puts("held");
}

/* attack: directories nested deeper than any recursion can follow
 * expect: AC
 * also: process OLE
 * tests: 2
 * limits: memory_mb=256 cpu_ms=3000 wall_ms=6000
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    if (chdir("/tmp") < 0) return 1;
    for (int i = 0; i < 20000; i++)
        if (mkdir("d", 0700) < 0 || chdir("d") < 0) break;
    puts("held");
}

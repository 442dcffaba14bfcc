/* attack: every inode of /tmp used up, and left so
 * expect: AC
 * limits: memory_mb=256 cpu_ms=4000 wall_ms=8000
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    int n = 0;
    for (int fd; n < 200000; n++) {
        char name[32];
        snprintf(name, sizeof name, "/tmp/%d", n);
        if ((fd = open(name, O_CREAT | O_WRONLY, 0600)) < 0) break;
        close(fd);
    }
    puts(n > 70000 ? "BREACH inodes without end" : "held");
}

/* attack: fills every writable place
 * expect: AC
 * limits: memory_mb=1200 cpu_ms=4000 wall_ms=8000
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) {
    const char *places[] = {"/tmp", "/dev/shm", "/box", "/var/tmp", "/dev/mqueue"};
    for (int p = 0; p < 5; p++) {
        int written = 0;
        for (int i = 0; i < 40; i++) {
            char name[32];
            snprintf(name, sizeof name, "%s/%d", places[p], i);
            int fd = open(name, O_CREAT | O_WRONLY, 0600);
            for (int k = 0; fd >= 0 && k < 15; k++) written += write(fd, block, sizeof block) > 0;
            close(fd);
        }
        if (written > 257) printf("BREACH %d MB in %s\n", written, places[p]);
    }
    puts("held");
}

/* attack: memory in files of /dev/shm rather than in the process
 * expect: MLE
 * also: process RE
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) {
    for (int i = 0; i < 20; i++) {
        char name[32];
        snprintf(name, sizeof name, "/dev/shm/%d", i);
        int fd = open(name, O_CREAT | O_WRONLY, 0600);
        for (int k = 0; k < 12; k++)
            if (write(fd, block, sizeof block) < 0) return 1;
    }
    puts("BREACH 240 MB in /dev/shm");
}

/* attack: space held by files that have no name any more, by a child that outlives the program
 * expect: AC
 * tests: 3
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) {
    for (char name[] = "/tmp/a"; name[5] < 'd'; name[5]++) {
        int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
        unlink(name);
        for (int i = 0; i < 12; i++)
            if (write(fd, block, sizeof block) < 0) return 1;
    }
    if (fork() == 0) {
        setsid();
        pause();
    }
    puts("held");
}

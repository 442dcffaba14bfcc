/* attack: leaves 40 of 64 MB in /tmp for every test after it
 * expect: AC
 * tests: 3
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) {
    for (char name[] = "/tmp/a"; name[5] < 'e'; name[5]++) {
        int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
        for (int i = 0; i < 10; i++)
            if (write(fd, block, sizeof block) < 0) return 1;
    }
    puts("held");
}

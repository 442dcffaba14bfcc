/* attack: a pseudo terminal kept open for the next, its name in /dev/pts
 * expect: AC
 * tests: 2
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    struct stat st;
    if (stat("/dev/pts/0", &st) == 0) puts("BREACH an earlier terminal");
    int m = posix_openpt(O_RDWR | O_NOCTTY);
    if (m >= 0) grantpt(m), unlockpt(m);
    if (fork() == 0) {
        setsid();
        pause();
    }
    puts("held");
}

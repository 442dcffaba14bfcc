/* attack: a terabyte asked for at once: ftruncate, fallocate
 * concedes: process space reserved beyond a file's end is in no size that the tier looks at
 * expect: AC
 * also: process OLE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    int fd = open("/tmp/big", O_CREAT | O_RDWR, 0600);
    signal(SIGXFSZ, SIG_IGN);
    if (ftruncate(fd, 1l << 40) == 0) puts("BREACH ftruncate");
    if (fallocate(fd, 0, 0, 1l << 40) == 0) puts("BREACH fallocate");
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1l << 30) == 0) puts("BREACH fallocate, size kept");
    puts("held");
}

/* attack: a message in the times of /dev/mqueue, which everybody may set to now and nobody resets
 * expect: AC
 * limits: cpu_ms=2000 wall_ms=6000
 * needs: container
 * second: second/queue_times.c
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    sleep(2);
    if (utimensat(AT_FDCWD, "/dev/mqueue", NULL, 0) == 0) fputs("touched\n", stderr);
    puts("held");
}

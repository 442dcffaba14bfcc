/* attack: hard links to files of others, and to files without a name
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    if (link("/box/.main", "/tmp/m") == 0) puts("BREACH link to the program");
    if (link("/etc/passwd", "/tmp/p") == 0) puts("BREACH link to passwd");
    if (linkat(AT_FDCWD, "/proc/self/exe", AT_FDCWD, "/tmp/e", AT_SYMLINK_FOLLOW) == 0) puts("BREACH link by /proc");
    int fd = open("/box/.main", O_RDONLY);
    if (linkat(fd, "", AT_FDCWD, "/tmp/f", AT_EMPTY_PATH) == 0) puts("BREACH link by descriptor");
    puts("held");
}

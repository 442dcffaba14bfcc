/* attack: ways past the root directory: links of /proc, .., descriptors of directories
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    const char *ways[] = {"/..", "/proc/self/root/..", "/proc/self/cwd/../../..", "/proc/thread-self/root/../..",
                          "/proc/self/task/../root/..", "/tmp/../../../.."};
    struct stat root, there;
    if (stat("/", &root) < 0) return 1;
    for (int i = 0; i < 6; i++)
        if (stat(ways[i], &there) == 0 && (there.st_dev != root.st_dev || there.st_ino != root.st_ino))
            printf("BREACH %s is another root\n", ways[i]);
    int fd = open("/", O_PATH | O_DIRECTORY);
    for (int i = 0; i < 20; i++) fd = openat(fd, "..", O_PATH | O_DIRECTORY);
    if (fstat(fd, &there) < 0 || there.st_ino != root.st_ino) puts("BREACH openat leads out");
    puts("held");
}

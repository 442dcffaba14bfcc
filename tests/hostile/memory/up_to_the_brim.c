/* attack: fills /tmp to the last page of the limit, so that nothing is left for the runner
 * expect: MLE
 * also: process TLE OLE
 * tests: 2
 * limits: memory_mb=24
 */
#include <fcntl.h>
#include <unistd.h>
static char page[4096];
int main(void) {
    for (char name[] = "/tmp/a";; name[5]++) {
        int fd = open(name, O_CREAT | O_WRONLY, 0600);
        for (int i = 0; i < 2000; i++)
            while (write(fd, page, sizeof page) < 0) {}
        close(fd);
    }
}

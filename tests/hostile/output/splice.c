/* attack: output by splice, which never passes through write
 * expect: OLE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) {
    int fd = open("/tmp/f", O_CREAT | O_RDWR, 0600);
    if (write(fd, block, sizeof block) < 0) return 1;
    for (;;) {
        off_t at = 0;
        if (splice(fd, &at, 1, NULL, sizeof block, 0) < 0) return 1;
    }
}

/* attack: turns its stdout into a packet pipe, a page each, and its buffer as small as can be
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>
int main(void) {
    fcntl(1, F_SETPIPE_SZ, 4096);
    fcntl(1, F_SETFL, O_DIRECT | O_NONBLOCK);
    for (const char *p = "held\n"; *p; p++)
        while (write(1, p, 1) < 0) {}
}

/* attack: opens its own pipes from the other side: reads its output back, feeds itself
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    char data[256];
    int in = open("/proc/self/fd/0", O_WRONLY | O_NONBLOCK);
    int out = open("/proc/self/fd/1", O_RDONLY | O_NONBLOCK);
    if (read(out, data, sizeof data) > 0) puts("BREACH somebody else's output");
    if (write(in, "x", 1) < 0) {}
    fcntl(out, F_SETFL, O_DIRECT);
    close(out);
    puts("held");
}

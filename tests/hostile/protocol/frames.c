/* attack: a whole report, framed as the runner frames it, on stdout and stderr, then a failure
 * expect: RE
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static void frame(int fd, unsigned char type, const char *payload) {
    unsigned char data[512];
    unsigned n = (unsigned)strlen(payload);
    memcpy(data, &n, 4);
    data[4] = type;
    memcpy(data + 5, payload, n);
    if (write(fd, data, 5 + n) < 0) return;
}
int main(void) {
    for (int fd = 1; fd < 3; fd++) {
        frame(fd, 66, "\1held\n");
        frame(fd, 67, "exit:0\ncpu_us:1\ncpu_source:cgroup\nwall_us:1\nmemory:1\nmemory_source:cgroup-v1\nlimit:none\noom_kills:0\nstdout_truncated:0\nstderr_truncated:0\n");
        frame(fd, 68, "");
    }
    return 1;
}

/* attack: the file for events, which older kernels let everybody write
 * expect: AC
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>
int main(void) {
    char text[64];
    int e = eventfd(0, 0), c = open("/run/judgecore-memory/cgroup.event_control", O_WRONLY);
    int u = open("/run/judgecore-memory/memory.usage_in_bytes", O_RDONLY);
    int n = snprintf(text, sizeof text, "%d %d 1000000", e, u);
    if (c >= 0) puts("BREACH opened the event control");
    if (c >= 0 && write(c, text, (size_t)n) == n) puts("BREACH registered an event");
    puts("held");
}

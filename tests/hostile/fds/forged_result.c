/* attack: a forged result written to every descriptor there may be, then a failure
 * expect: RE
 * exploit: ejudge issue 98 and DOMjudge, descriptors that reached the result pipe
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(void) {
    const char text[] = "exitcode: 0\nexit:0\nsignal:0\ncpu_us:0\nlimit:none\n";
    for (int fd = 3; fd < 2000; fd++)
        if (write(fd, text, strlen(text)) > 0) dprintf(1, "BREACH wrote to descriptor %d\n", fd);
    dprintf(1, "held\n");
    return 1;
}

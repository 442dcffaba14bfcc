/* attack: memory in the kernel: socket buffers filled and never read
 * expect: AC MLE
 * concedes: process the kernel's socket buffers are not counted, only bounded by the number of open files
 */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
static char block[1 << 17];
int main(void) {
    for (int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0;) {
        int size = 1 << 30;
        setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
        while (send(s[0], block, sizeof block, MSG_DONTWAIT) > 0) {}
    }
    puts("held");
}

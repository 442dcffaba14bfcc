/* attack: the virtual machine's host, by vsock
 * expect: AC
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    if (socket(40, SOCK_STREAM, 0) >= 0 || socket(40, SOCK_DGRAM, 0) >= 0) puts("BREACH vsock");
    if (open("/dev/vsock", O_RDONLY) >= 0 || open("/dev/vhost-vsock", O_RDWR) >= 0) puts("BREACH vsock device");
    puts("held");
}

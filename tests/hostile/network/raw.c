/* attack: raw and packet sockets
 * expect: AC
 */
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    for (int protocol = 0; protocol < 256; protocol++) {
        if (socket(AF_INET, SOCK_RAW, protocol) >= 0) puts("BREACH raw");
        if (socket(AF_INET6, SOCK_RAW, protocol) >= 0) puts("BREACH raw, version 6");
    }
    if (socket(AF_PACKET, SOCK_RAW, 0x300) >= 0 || socket(AF_PACKET, SOCK_DGRAM, 0x300) >= 0) puts("BREACH packet");
    puts("held");
}

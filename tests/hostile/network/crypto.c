/* attack: the kernel's crypto sockets, which can write to shared pages
 * expect: AC
 * exploit: CVE-2026-31431, AF_ALG across containers
 */
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    if (socket(38, SOCK_SEQPACKET, 0) >= 0) puts("BREACH AF_ALG");
    int s[2];
    if (socketpair(38, SOCK_SEQPACKET, 0, s) == 0) puts("BREACH AF_ALG pair");
    puts("held");
}

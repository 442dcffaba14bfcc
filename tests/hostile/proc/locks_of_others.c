/* attack: what /proc/locks, /proc/net and /proc/pressure tell of the host
 * expect: AC
 * needs: container namespaces
 */
#include <stdio.h>
#include <string.h>
int main(void) {
    char line[512];
    FILE *f = fopen("/proc/locks", "r");
    int n = 0;
    while (f && fgets(line, sizeof line, f)) n++;
    if (n) printf("BREACH %d locks of others\n", n);
    f = fopen("/proc/net/unix", "r"); /* but the runner's own */
    while (f && fgets(line, sizeof line, f))
        if (strpbrk(line, "/@") && !strstr(line, "/runner.sock")) printf("BREACH %s\n", line);
    const char *nets[] = {"/proc/net/tcp", "/proc/net/udp", "/proc/net/arp", "/proc/net/route"};
    for (int i = 0; i < 4; i++) {
        f = fopen(nets[i], "r"), n = -1;
        while (f && fgets(line, sizeof line, f)) n++;
        if (n > 0) printf("BREACH %d lines in %s\n", n, nets[i]);
    }
    puts("held");
}

/* attack: a hint on a file that it may only read, which kernels before 6.9 keep for the next test
 * expect: AC
 * tests: 2
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
enum { GET = 1035, SET = 1036 };
int main(void) {
    const char *names[] = {"/", "/tmp", ".", "/dev/shm", "/usr/bin/env", "/dev/null", "/judgecore-runner", "/etc/passwd"};
    for (int i = 0; i < 8; i++) {
        uint64_t hint = 0, mine = 4;
        int fd = open(names[i], O_RDONLY);
        if (fd < 0) continue;
        if (fcntl(fd, GET, &hint) == 0 && hint) printf("BREACH somebody's hint on %s\n", names[i]);
        if (fcntl(fd, SET, &mine) == 0) printf("BREACH left a hint on %s\n", names[i]);
    }
    puts("held");
}

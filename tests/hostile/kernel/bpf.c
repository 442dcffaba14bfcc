/* attack: programs and maps for the kernel
 * expect: AC
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    union { int map[4]; char all[120]; } a = {{2, 4, 4, 1}};
    for (int command = 0; command < 40; command++)
        if (syscall(SYS_bpf, command, &a, sizeof a) >= 0) printf("BREACH bpf %d\n", command);
    puts("held");
}

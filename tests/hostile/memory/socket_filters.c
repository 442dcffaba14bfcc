/* attack: memory in the filters of sockets, which the kernel turns into machine code
 * expect: MLE
 * limits: memory_mb=16
 * concedes: process the filters of sockets are not counted, only bounded by the number of open files
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
enum { TIMES = @TIMES@ };
int main(void) {
    static struct sock_filter code[1000];
    for (int i = 0; i < 999; i++) code[i] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 0x12345678);
    code[999] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0xffff);
    struct sock_fprog program = {1000, code};
    for (int i = 0; i < 16; i++)
        if (fork() == 0) {
            for (int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0;)
                for (int k = 0; k < 2; k++) setsockopt(s[k], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
            pause();
        }
    sleep(TIMES);
    puts("held");
}

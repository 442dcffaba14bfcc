/* attack: system calls by the entries of old processors and old Linux systems
 * expect: AC
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
#ifdef __x86_64__
    if (fork() == 0) {
        __asm__ volatile("mov $102, %%eax; mov $1, %%ebx; mov %%esp, %%ebp; sysenter" ::: "rax", "rbx");
        puts("BREACH sysenter came back");
        fflush(stdout);
        _exit(0);
    }
    wait(0);
    if (fork() == 0) { /* 32-bit code at a low address: a socket by int 0x80 */
        __asm__ volatile("pushq $0x23; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1: .byte 0xb8, 102, 0, 0, 0, 0xcd, 0x80" ::: "rax");
        puts("BREACH 32-bit code came back");
        fflush(stdout);
        _exit(0);
    }
    wait(0);
#endif
    puts("held");
}

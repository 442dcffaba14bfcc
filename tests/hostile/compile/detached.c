/* attack: asks the tools to start a process at compile time, and looks for what it left
 * expect: CE AC
 * exploit: DMOJ issue 318, a process detached at compile time
 */
#include <stdio.h>
#include <unistd.h>
__asm__(".section .note.GNU-stack,\"\",@progbits\n.section .deplibs,\"MS\",@llvm_dependent_libraries,1\n.text");
__attribute__((constructor)) static void at_start(void) {
    if (access("/tmp/detached", F_OK) == 0 || access("/box/detached", F_OK) == 0) puts("BREACH ran at compile time");
}
int main(void) {
    puts("held");
}

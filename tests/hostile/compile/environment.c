/* attack: the environment of the compiler, built into the program
 * expect: AC CE
 */
#include <stdio.h>
#include <string.h>
__asm__(".data\n.globl text\ntext: .incbin \"/proc/self/environ\"\nend: .byte 0\n.globl end\n.text");
extern char text[], end[];
int main(void) {
    fwrite(text, 1, (size_t)(end - text), stderr);
    puts("held");
}

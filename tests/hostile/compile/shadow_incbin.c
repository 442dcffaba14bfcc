/* attack: the assembler puts the host's password file into the program
 * expect: CE
 */
#include <stdio.h>
__asm__(".data\n.globl text\ntext: .incbin \"/etc/shadow\"\n.byte 0\n.text");
extern char text[];
int main(void) {
    printf("BREACH %s\n", text);
}

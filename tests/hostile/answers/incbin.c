/* attack: the assembler puts the answer file into the program
 * expect: CE
 * secret: answer
 */
#include <stdio.h>
__asm__(".data\n.globl text\ntext: .incbin \"@ANSWER@\"\n.byte 0\n.text");
extern char text[];
int main(void) {
    puts(text);
}

/* attack: sections that linkers and loaders obey: options, libraries, another interpreter, a stack to execute
 * expect: CE RE
 */
#include <stdio.h>
__asm__(".section .drectve,\"yn\"\n.ascii \" -T /etc/passwd -o /tmp/x \"\n.text");
__asm__(".section .deplibs,\"MS\",@0x6fff4c04,1\n.asciz \"/tmp/other.so\"\n.text");
__asm__(".section .note.GNU-stack,\"x\",@progbits\n.text");
__asm__(".section .interp,\"a\"\n.asciz \"/judgecore-runner\"\n.text");
int main(void) { puts("held"); }

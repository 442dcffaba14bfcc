/* attack: the assembler reads devices and other processes, and expands macros without end
 * expect: CE
 */
__asm__(".include \"/proc/1/environ\"");
__asm__(".include \"/proc/self/mem\"");
__asm__(".include \"/dev/random\"");
__asm__(".macro m\n m\n m\n .endm\n m");
__asm__(".balign 1<<40");
int main(void) { return 0; }

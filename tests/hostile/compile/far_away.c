/* attack: an object file of terabytes by one line of assembly
 * expect: CE
 */
__asm__(".data\n.org 0x7fffffffff\n.byte 1\n.text");
int main(void) {
    return 0;
}

/* attack: an endless file put into the program by the assembler
 * expect: CE
 */
__asm__(".incbin \"/dev/zero\"");
int main(void) {
    return 0;
}

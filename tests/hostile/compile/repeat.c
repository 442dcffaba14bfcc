/* attack: a thousand million instructions by one line of assembly
 * expect: CE
 */
__asm__(".rept 1000000000\n nop\n .endr");
int main(void) {
    return 0;
}

/* An address that does not fit where the program is loaded. */
int main(void) {
    int address;
    __asm__("movl $main, %0" : "=r"(address));
    return address != 0;
}

/* Sections by attribute and by inline assembly, the symbols that bound them, and .ctors. */
#include <stdio.h>

__attribute__((section("mine"), used)) static int first = 3, second = 4;
extern int __start_mine[], __stop_mine[];
extern char __executable_start, etext, edata, end, __bss_start;
extern const char named[];

__asm__(".section .rodata.mine,\"a\"\n.globl named\nnamed: .asciz \"from a section\"\n.previous");

static void early(void) { puts("before main"); }
__asm__(".section .ctors,\"aw\"\n.quad early\n.previous");

int main(void) {
    __asm__ volatile("" : : "r"(early));
    printf("%ld %d %s\n", (long)(__stop_mine - __start_mine), __start_mine[1], named);
    printf("%d\n", &__executable_start < &etext && &edata <= &end && &__bss_start <= &end);
}

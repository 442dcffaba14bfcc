    .lcomm hoard, 200 << 20
    .globl main
main:
    lea hoard(%rip), %rdi
    mov $(200 << 20), %ecx
    mov $1, %al
    rep stosb
    xor %eax, %eax
    ret
    .section .note.GNU-stack, "", @progbits

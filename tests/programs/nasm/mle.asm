global main
default rel
section .bss
hoard: resb 200 << 20
section .text
main:
    lea rdi, [hoard]
    mov ecx, 200 << 20
    mov al, 1
    rep stosb
    xor eax, eax
    ret

section .note.GNU-stack noalloc noexec nowrite progbits

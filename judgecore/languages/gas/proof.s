# Reads n and n numbers; prints their sum and the sum of their squares.
    .section .rodata
one: .asciz "%ld"
two: .asciz "%ld %ld\n"

    .bss
    .lcomm x, 8

    .text
    .globl main
read:
    sub $8, %rsp
    lea one(%rip), %rdi
    lea x(%rip), %rsi
    xor %eax, %eax
    call scanf@PLT
    mov x(%rip), %rax
    add $8, %rsp
    ret

main:
    push %rbx
    push %r12
    push %r13
    xor %r12, %r12
    xor %r13, %r13
    call read
    mov %rax, %rbx
next:
    test %rbx, %rbx
    jle done
    call read
    add %rax, %r12
    imul %rax, %rax
    add %rax, %r13
    dec %rbx
    jmp next
done:
    lea two(%rip), %rdi
    mov %r12, %rsi
    mov %r13, %rdx
    xor %eax, %eax
    call printf@PLT
    pop %r13
    pop %r12
    pop %rbx
    xor %eax, %eax
    ret

    .section .note.GNU-stack, "", @progbits

; Reads n and n numbers; prints their sum and the sum of their squares.
extern scanf, printf
global main
default rel

section .rodata
one: db "%ld", 0
two: db "%ld %ld", 10, 0

section .bss
x: resq 1

section .text
read:
    sub rsp, 8
    lea rdi, [one]
    lea rsi, [x]
    xor eax, eax
    call scanf wrt ..plt
    mov rax, [x]
    add rsp, 8
    ret

main:
    push rbx
    push r12
    push r13
    xor r12, r12
    xor r13, r13
    call read
    mov rbx, rax
next:
    test rbx, rbx
    jle done
    call read
    add r12, rax
    imul rax, rax
    add r13, rax
    dec rbx
    jmp next
done:
    lea rdi, [two]
    mov rsi, r12
    mov rdx, r13
    xor eax, eax
    call printf wrt ..plt
    pop r13
    pop r12
    pop rbx
    xor eax, eax
    ret


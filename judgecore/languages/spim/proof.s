# Reads n and n numbers; prints their sum and the sum of their squares.
    .text
    .globl main
main:
    li $v0, 5
    syscall
    move $s0, $v0
    li $s1, 0
    li $s2, 0
next:
    blez $s0, done
    li $v0, 5
    syscall
    add $s1, $s1, $v0
    mul $t0, $v0, $v0
    add $s2, $s2, $t0
    addi $s0, $s0, -1
    j next
done:
    move $a0, $s1
    li $v0, 1
    syscall
    li $a0, 32
    li $v0, 11
    syscall
    move $a0, $s2
    li $v0, 1
    syscall
    li $a0, 10
    li $v0, 11
    syscall
    li $v0, 10
    syscall

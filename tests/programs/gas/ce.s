main: mov %nothing, %rax

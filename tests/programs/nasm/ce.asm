global main
main: mov rax, [

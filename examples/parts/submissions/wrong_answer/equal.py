print(*[1] * int(input()), sep="\n")

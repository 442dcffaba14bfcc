[indent=4]
init
    n:int = 0
    x:int = 0
    sum:int64 = 0
    squares:int64 = 0
    stdin.scanf("%d", out n)
    while n > 0
        stdin.scanf("%d", out x)
        sum += x
        squares += x * x
        n -= 1
    print "%s %s", sum.to_string(), squares.to_string()

def numbers():
    try:
        yield 1
        yield 2
    finally:
        print('closed')
n = numbers()
print(next(n))

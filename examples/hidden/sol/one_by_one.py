from stub import less


def find():
    x = 1
    while not less(x + 1):
        x += 1
    return x

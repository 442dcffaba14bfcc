from stub import less


def find():
    low, high = 1, 1001
    while high - low > 1:
        middle = (low + high) // 2
        if less(middle):
            high = middle
        else:
            low = middle
    return low

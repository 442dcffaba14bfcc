# attack: constants folded by the compiler until its time or memory is used up
# expect: AC CE RE MLE TLE
def never():
    return 2 ** 10 ** 9, "a" * 10 ** 10, (1,) * 10 ** 10, b"x" * 10 ** 10, 10 ** 10 ** 10


print("held")

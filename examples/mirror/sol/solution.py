def mirrored(word):
    return word[::-1]

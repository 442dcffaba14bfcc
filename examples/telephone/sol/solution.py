from itertools import groupby


def say(word):
    return [n for letter, run in groupby(word) for n in (ord(letter), len(list(run)))]


def hear(numbers):
    return "".join(chr(letter) * n for letter, n in zip(numbers[::2], numbers[1::2]))

"""Accepts any divisor above 1."""

import sys

number = int(open(sys.argv[1]).read())
feedback = sys.argv[3]


def reject(message: str) -> None:
    """Say why, and reject."""
    with open(feedback + "teammessage.txt", "w") as file:
        file.write(message)
    sys.exit(43)


words = sys.stdin.read(1000).split()
if len(words) != 1 or not words[0].isascii() or not words[0].isdigit():
    reject("print one number")
if not 1 < int(words[0]) <= number or number % int(words[0]):
    reject("not a divisor above 1")
sys.exit(42)

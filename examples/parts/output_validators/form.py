"""The output is whole numbers above 0, one a line, of which no two are equal."""

import sys

lines = sys.stdin.read().split("\n")
numbers = lines[:-1] if lines[-1] == "" else lines
if not all(line.isdecimal() and line[0] != "0" for line in numbers):
    with open(sys.argv[3] + "teammessage.txt", "w") as message:
        message.write("one whole number above 0 a line, please")
    sys.exit(43)
sys.exit(42 if len(set(numbers)) == len(numbers) else 43)

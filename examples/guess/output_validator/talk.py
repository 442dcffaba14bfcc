"""Answers ten guesses of a number from 1 to 1000."""

import sys

secret = int(open(sys.argv[1]).read())
for _ in range(10):
    line = sys.stdin.readline(100)
    if not line.strip().isascii() or not line.strip().isdigit():
        sys.exit(43)
    guess = int(line)
    answer = "right" if guess == secret else "less" if secret < guess else "more"
    try:
        print(answer, flush=True)
    except BrokenPipeError:
        sys.exit(43)
    if guess == secret:
        sys.exit(42)
sys.exit(43)

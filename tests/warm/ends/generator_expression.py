import sys
lines = (line.strip() for line in sys.stdin)
print(next(lines))

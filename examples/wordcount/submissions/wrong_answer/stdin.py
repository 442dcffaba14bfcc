import sys

print(sys.stdin.read().split().count(sys.argv[1]) + 1)

import sys

print(open("text.txt").read().split().count(sys.argv[1]))

import sys
print(sys.stdin.readline()); sys.stdin.seek(0); print(sys.stdin.read())

import sys

n = int(sys.stdin.readline())
xs = [int(word) for word in sys.stdin.readline().split()][:n]
print(sum(xs), sum(x * x for x in xs))

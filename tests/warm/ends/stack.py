import sys, threading
sys.setrecursionlimit(10**6)
def f(n):
    return n and f(n - 1)
print(f(20000))

n = int(input())
k = 1
while n - k > k:
    print(k)
    n -= k
    k += 1
print(n)

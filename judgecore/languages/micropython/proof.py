n = int(input())
xs = [int(word) for word in input().split()][:n]
print(sum(xs), sum(x * x for x in xs))

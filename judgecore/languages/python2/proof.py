n = int(raw_input())
xs = map(long, raw_input().split())[:n]
print sum(xs), sum(x * x for x in xs)

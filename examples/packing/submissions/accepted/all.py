room, sizes = int(input()), list(map(int, input().split()))
count = len(sizes)
fits = [s for s in range(1 << count) if sum(sizes[i] for i in range(count) if s >> i & 1) <= room]
best = max(fits, key=lambda s: sum(sizes[i] for i in range(count) if s >> i & 1))
print(*(i for i in range(count) if best >> i & 1))

input()
print(*range(len(input().split())))

input()
xs = [abs(int(x)) for x in input().split()]  # forgets the signs
print(sum(xs), sum(x * x for x in xs))

x = [[i] for i in range(300000)]
print(len(x))

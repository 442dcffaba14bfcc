x = []
for _ in range(200000): x = [x]
print('x')

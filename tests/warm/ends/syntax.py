print('x'
for

input "" n
dim x(n)
for i = 1 to n
  input "" x(i)
  sum = sum + x(i)
  squares = squares + x(i) ^ 2
next
print sum, " ", squares

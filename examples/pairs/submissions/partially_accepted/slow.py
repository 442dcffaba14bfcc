# @EXPECTED_SCORE@: 40
n = int(input())
print(sum(1 for i in range(n) for j in range(i)))

from mirror import mirrored

print(mirrored(input()))

# attack: a list that grows for ever
# expect: MLE RE
a = [0]
while True:
    a += a

import sys

import telephone

source, target = open(sys.argv[1]), open(sys.argv[2], "w")
if sys.argv[3] == "0":
    numbers = telephone.say(source.readline().strip())
    print(len(numbers), *numbers, sep="\n", file=target, flush=True)
elif count := source.readline():
    numbers = [int(source.readline()) for _ in range(int(count))]
    print(telephone.hear(numbers), file=target, flush=True)

"""Half of the points for the right letters in another order."""

import sys

_, answer, output = (open(path).read().split() for path in sys.argv[1:4])
if output == answer:
    print("1.0")
    print("translate:success", file=sys.stderr)
elif sorted("".join(output)) == sorted("".join(answer)):
    print("0.5")
    print("the letters are right, their order is not", file=sys.stderr)
else:
    print("0.0")
    print("translate:wrong", file=sys.stderr)

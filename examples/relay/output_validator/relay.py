"""First pass: a number becomes a text without digits; second pass: that text becomes the number."""

import os
import sys

given, feedback = open(sys.argv[1]).read().split(maxsplit=1), sys.argv[3]
output = sys.stdin.read(10_000).strip()
kept = feedback + "number"
if given[0] == "write":
    if not output or any(letter.isdigit() for letter in output):
        sys.exit(43)
    with open(kept, "w") as file:
        file.write(given[1].strip())
    with open(feedback + "nextpass.in", "w") as file:
        file.write("read " + output + "\n")
    sys.exit(42)
sys.exit(42 if os.path.exists(kept) and output == open(kept).read() else 43)

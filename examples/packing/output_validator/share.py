"""The share of the best filling that was reached."""

import sys

room, *sizes = map(int, open(sys.argv[1]).read().split())
best, feedback = int(open(sys.argv[2]).read()), sys.argv[3]
try:
    chosen = [int(word) for word in sys.stdin.read(10_000).split()]
except ValueError:
    sys.exit(43)
if len(set(chosen)) != len(chosen) or any(not 0 <= i < len(sizes) for i in chosen):
    sys.exit(43)
filled = sum(sizes[i] for i in chosen)
if filled > room:
    sys.exit(43)
with open(feedback + "score_multiplier.txt", "w") as file:
    file.write(f"{filled / best:.3f}")
sys.exit(42)

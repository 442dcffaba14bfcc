# attack: a fork bomb that shrugs off every refusal
# expect: TLE MLE
# limits: cpu_ms=400 wall_ms=1000
import os

while True:
    try:
        os.fork()
    except OSError:
        pass

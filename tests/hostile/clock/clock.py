# attack: sets every clock that Python knows
# expect: AC
import time

for name in dir(time):
    if name.startswith("CLOCK_"):
        try:
            time.clock_settime(getattr(time, name), 1.0)
            print("BREACH set", name)
        except OSError:
            pass
print("held")

# attack: whatever can be written in /sys
# expect: AC
# limits: cpu_ms=4000 wall_ms=8000
import itertools
import os

paths = ["/sys/kernel/uevent_helper", "/sys/power/state", "/sys/kernel/mm/ksm/run", "/sys/kernel/debug/x"]
walk = (os.path.join(here, n) for here, _, files in os.walk("/sys") for n in files)
for path in itertools.chain(paths, itertools.islice(walk, 20000)):
    if not os.access(path, os.W_OK):
        continue
    try:
        os.close(os.open(path, os.O_WRONLY))
        print("BREACH can write", path)
    except OSError:
        pass
print("held")

# attack: writes wherever it can outside the places that are wiped
# expect: AC
# limits: cpu_ms=4000 wall_ms=8000
import os

wiped = ("/tmp", "/dev/shm")
for top, depth in (("/", 3), ("/dev", 5), ("/run", 5), ("/var", 5), ("/etc", 3), ("/box", 5)):
    for here, folders, _ in os.walk(top):
        if here.count("/") >= depth or here.startswith(("/proc", "/sys", *wiped)):
            folders.clear()
        if here.startswith(("/proc", "/sys", *wiped)):
            continue
        try:
            os.close(os.open(here + "/left", os.O_CREAT | os.O_WRONLY, 0o600))
            print("BREACH wrote in", here)
        except OSError:
            pass
print("held")

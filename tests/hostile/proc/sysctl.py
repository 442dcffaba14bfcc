# attack: any kernel setting that can be written
# expect: AC
# limits: cpu_ms=4000 wall_ms=8000
import os
import stat


def writable(path):
    """Whether it opens for writing, and is more than the null device in its place."""
    try:
        fd = os.open(path, os.O_WRONLY)
    except OSError:
        return False
    about = os.fstat(fd)
    os.close(fd)
    return not (stat.S_ISCHR(about.st_mode) and about.st_rdev == os.makedev(1, 3))


for here, _, files in os.walk("/proc/sys"):
    for name in files:
        path = os.path.join(here, name)
        if writable(path):
            print("BREACH can write", path)
for path in ("/proc/sysrq-trigger", "/proc/irq/default_smp_affinity", "/proc/mtrr", "/proc/timer_stats", "/proc/driver/rtc"):
    if writable(path):
        print("BREACH can write", path)
print("held")

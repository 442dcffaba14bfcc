# attack: any kernel setting that can be written
# expect: AC
# limits: cpu_ms=4000 wall_ms=8000
import os

for here, _, files in os.walk("/proc/sys"):
    for name in files:
        path = os.path.join(here, name)
        try:
            os.close(os.open(path, os.O_WRONLY))
            print("BREACH can write", path)
        except OSError:
            pass
for path in ("/proc/sysrq-trigger", "/proc/irq/default_smp_affinity", "/proc/mtrr", "/proc/timer_stats", "/proc/driver/rtc"):
    try:
        os.close(os.open(path, os.O_WRONLY))
        print("BREACH can write", path)
    except OSError:
        pass
print("held")

# attack: the kernel's memory, log, symbols and keys
# expect: AC
# limits: cpu_ms=4000 wall_ms=8000
for path in ("/proc/kcore", "/proc/kmsg", "/proc/keys", "/proc/timer_list", "/proc/vmallocinfo", "/proc/slabinfo",
             "/proc/kpagecount", "/proc/kpageflags", "/proc/sched_debug", "/dev/mem", "/dev/kmsg",
             "/sys/firmware/efi", "/sys/kernel/debug/sched/debug", "/sys/kernel/security/lockdown"):
    try:
        with open(path, "rb") as f:
            if f.read(16):
                print("BREACH read", path)
    except OSError:
        pass
try:
    with open("/proc/kallsyms") as f:
        if any(int(line.split()[0], 16) for line, _ in zip(f, range(100))):
            print("BREACH kernel addresses")
except OSError:
    pass
print("held")

# attack: writes to any control group file that can be found, its own limits first
# expect: AC
# limits: cpu_ms=3000 wall_ms=6000
import os

tops = {"/sys/fs/cgroup", "/run/judgecore-memory", "/run/judgecore-cpu", "/run", "/cgroup", "/dev/cgroup"}
for line in open("/proc/self/mountinfo"):
    fields = line.split()
    if "cgroup" in fields[fields.index("-") + 1]:
        tops.add(fields[4])
for top in tops:
    for here, _, files in os.walk(top):
        for name in files:
            path = os.path.join(here, name)
            try:
                os.close(os.open(path, os.O_WRONLY))
                print("BREACH can write", path)
            except OSError:
                pass
        try:
            os.mkdir(os.path.join(here, "left"))
            print("BREACH made a group in", here)
        except OSError:
            pass
print("held")

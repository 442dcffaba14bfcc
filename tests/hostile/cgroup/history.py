# attack: reads what earlier programs used in this slot from the slot's control group
# expect: AC
import os

for top in ("/run/judgecore-memory", "/run/judgecore-cpu", "/sys/fs/cgroup"):
    for here, _, files in os.walk(top):
        for name in files:
            try:
                text = open(os.path.join(here, name)).read()
            except OSError:
                continue
            if text.strip():
                print("BREACH read", os.path.join(here, name))
                break
print("held")

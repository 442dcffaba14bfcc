import os

for top in ("/tmp", "/dev/shm", "/dev/mqueue", "/box", "/var/tmp", "/run/lock", "/var/lock"):
    for here, folders, files in os.walk(top):
        for name in folders + files:
            if name != "main.py":
                print("BREACH found", os.path.join(here, name))
print("held")

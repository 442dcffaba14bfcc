# attack: walks the directories and prints every file that looks like an answer
# expect: WA TLE
# secret: answer
# limits: cpu_ms=4000 wall_ms=8000
# exploit: judges whose answer file is found by walking the directory
import os

for top in ("/box", "/tmp", "/dev/shm", "/run", "/var", "/home", "/root", "/mnt", "/srv", "/etc", "/opt", "/work", "/data", ".."):
    for here, folders, files in os.walk(top, followlinks=False):
        if here.startswith(("/proc", "/sys", "/usr", "/var/lib/dpkg", "/opt/go-cache", "/opt/pypi")):
            folders.clear()
            continue
        for name in files:
            path = os.path.join(here, name)
            try:
                if os.path.isfile(path) and os.path.getsize(path) < 65536:
                    text = open(path, errors="replace").read()
            except OSError:
                continue
            if "judgecore-answer" in text:
                print(text)

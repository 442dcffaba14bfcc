# attack: looks for the answer, the checker and its messages in every file and every process
# expect: AC
# needs: container namespaces
# problem: checker interactive multi-pass
# limits: cpu_ms=4000 wall_ms=8000
import os
import socket

MARK = b"judgecore-" + b"answer-"
input()
for top in (".", "/box", "/tmp", "/dev/shm", "/run", "/var/tmp", "/home", "/root", "/mnt", "/feedback"):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            try:
                if os.path.isfile(path) and MARK in open(path, "rb").read(1 << 20):
                    print("BREACH", path)
            except OSError:
                pass
me = str(os.getpid())
for pid in filter(str.isdigit, os.listdir("/proc")):
    names = ["cmdline", "environ", "maps", "mem", "cwd/test.ans", "root/box/test.ans", "cwd/feedback/teammessage.txt"]
    try:
        names += [f"fd/{fd}" for fd in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        pass
    for name in names if pid != me else ():
        path = f"/proc/{pid}/{name}"
        try:
            if name.startswith("fd/") and not os.path.isfile(path):
                continue
            with open(path, "rb", 0) as file:
                if name == "mem" or MARK in file.read(1 << 20):
                    print("BREACH", path)
        except OSError:
            pass
try:
    with socket.socket(socket.AF_UNIX) as one:
        one.connect("\0judgecore-helper")
    print("BREACH the checker's socket")
except OSError:
    pass
print("held", flush=True)

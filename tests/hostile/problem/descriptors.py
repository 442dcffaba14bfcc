# attack: looks for open files that the checker, the interactor or the host left to it
# expect: AC
# needs: container namespaces
# problem: checker interactive
import os

first = input()
MARK = b"judgecore-" + b"answer-"
for name in sorted(os.listdir("/proc/self/fd"), key=int):
    try:
        link = os.readlink(f"/proc/self/fd/{name}")
    except OSError:
        continue
    if int(name) > 2 and not link.startswith("/proc"):
        print("BREACH open:", name, link)
    try:
        data = os.pread(int(name), 1 << 20, 0)
    except OSError:
        continue
    if MARK in data:
        print("BREACH read:", name, link)
print("held", flush=True)

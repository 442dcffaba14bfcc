# attack: descriptors inherited by an interpreter, or by what it starts
# expect: AC
import os
import subprocess

for fd in sorted(map(int, os.listdir("/proc/self/fd"))):
    try:
        to = os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        continue
    if not to.startswith(("pipe:", "/proc/", "/box/main.py", "/memfd:input ")):
        print("BREACH", fd, "is", to)
out = subprocess.run(["ls", "-l", "/proc/self/fd"], close_fds=False, capture_output=True, text=True)
if "socket:" in out.stdout or "eventfd" in out.stdout:
    print("BREACH inherited", out.stdout)
print("held")

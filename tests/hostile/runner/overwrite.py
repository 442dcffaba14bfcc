# attack: replaces the runner's program file, or any other program that root will start
# expect: AC
# limits: cpu_ms=3000 wall_ms=6000
import os

targets = ["/judgecore-runner", "/proc/1/exe", "/.dockerenv", "/bin/sh", "/usr/bin/gcc", "/usr/bin/python3"]
targets += ["/etc/ld.so.preload", "/etc/ld.so.cache", "/etc/passwd", "/etc/resolv.conf", "/etc/hosts", "/etc/hostname"]
for path in targets:
    for what, attempt in {
        "wrote": lambda p: os.close(os.open(p, os.O_WRONLY)),
        "created": lambda p: os.close(os.open(p + ".new", os.O_WRONLY | os.O_CREAT)),
        "unlinked": os.unlink,
        "renamed": lambda p: os.rename(p, p + ".old"),
        "chmoded": lambda p: os.chmod(p, 0o777),
        "truncated": lambda p: os.truncate(p, 0),
        "touched": lambda p: os.utime(p),
    }.items():
        try:
            attempt(path)
            print("BREACH", what, path)
        except OSError:
            pass
print("held")

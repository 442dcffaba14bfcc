# attack: whatever can be changed in the box while tests run
# expect: AC
import os

attempts = {
    "create": lambda: os.close(os.open("/box/x", os.O_CREAT | os.O_WRONLY)),
    "mkdir": lambda: os.mkdir("/box/d"),
    "symlink": lambda: os.symlink("/etc", "/box/l"),
    "link": lambda: os.link("/box/main.py", "/box/m"),
    "fifo": lambda: os.mkfifo("/box/f"),
    "unlink": lambda: os.unlink("/box/main.py"),
    "rename": lambda: os.rename("/box/main.py", "/tmp/main.py"),
    "rename of the box": lambda: os.rename("/box", "/tmp/box"),
    "chmod": lambda: os.chmod("/box/main.py", 0o666),
    "chmod of the box": lambda: os.chmod("/box", 0o777),
    "utime": lambda: os.utime("/box/main.py", (0, 0)),
    "setxattr": lambda: os.setxattr("/box/main.py", "user.x", b"x"),
    "truncate": lambda: os.truncate("/box/main.py", 0),
    "write": lambda: os.close(os.open("/box/main.py", os.O_WRONLY)),
    "rmdir": lambda: os.rmdir("/box"),
    "tmpfile": lambda: os.close(os.open("/box", os.O_TMPFILE | os.O_WRONLY)),
}
for what, attempt in attempts.items():
    try:
        attempt()
        print("BREACH", what)
    except OSError:
        pass
print("held")

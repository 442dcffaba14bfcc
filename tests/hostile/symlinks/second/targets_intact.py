import os

for path in ("/usr/bin/env", "/etc/passwd", "/box/main.py", "/bin/sh", "/usr/bin/python3"):
    status = os.stat(path)
    if status.st_size == 0 or status.st_mode & 0o022:
        print("BREACH", path, "was changed")
print("held")

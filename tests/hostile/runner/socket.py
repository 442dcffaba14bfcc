# attack: talks to the host over the socket that the runner uses
# expect: AC
import os
import socket

for path in ("/run/judgecore/runner.sock", "/run/judgecore", "/proc/1/fd/3", "/proc/1/fd/4", "/proc/1/cwd"):
    try:
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        print("BREACH connected to", path)
    except OSError:
        pass
    try:
        print("BREACH lists", path, os.listdir(path))
    except OSError:
        pass
print("held")

import socket

for name in ("\0judgecore", "\0runner", "/tmp/runner.sock", "/dev/shm/runner.sock"):
    try:
        s = socket.socket(socket.AF_UNIX)
        s.connect(name)
        print("BREACH somebody listens on", name)
    except OSError:
        pass
print("held")

# attack: a false runner that answers whoever dials next
# expect: AC
# second: second/hello.py
import os
import socket

listeners = []
for name in ("\0judgecore", "\0runner", "\0", "/tmp/runner.sock", "/dev/shm/runner.sock"):
    try:
        s = socket.socket(socket.AF_UNIX)
        s.bind(name)
        s.listen(5)
        listeners.append(s)
    except OSError:
        pass
if os.fork() == 0:
    os.setsid()
    while True:
        connection, _ = listeners[0].accept()
        connection.send(b"\0\0\0\0\x41")
print("held")

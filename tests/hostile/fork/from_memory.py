# attack: a daemon without a file, a stream, a session or an honest name
# expect: AC
import os

fd = os.memfd_create("x")
os.write(fd, open("/bin/sleep", "rb").read())
if os.fork() == 0:
    try:
        os.setsid()
    except OSError:
        pass
    for n in range(3):
        os.close(n)
    if os.fork() == 0:
        os.execve(fd, ["[kworker/0:0]", "100"], {})
    os._exit(0)
os.wait()
print("held")

# attack: kills process groups, sessions and everything else that has a number
# expect: AC
import os
import signal

for pid in [-1, 1, -2, os.getppid(), *range(2, 300)]:
    if pid in (os.getpid(), -os.getpid(), 0):
        continue
    try:
        os.kill(pid, signal.SIGTERM if pid == -1 else signal.SIGKILL) if pid != -1 else None
        if pid > 0:
            print("BREACH killed", pid)
    except OSError:
        pass
print("held")

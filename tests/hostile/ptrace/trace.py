# attack: ptrace without a compiler: ctypes, on every process there is
# expect: AC
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for pid in [1, os.getppid(), *range(2, 50)]:
    if pid != os.getpid() and libc.ptrace(16, pid, 0, 0) == 0:
        print("BREACH attached to", pid)
print("held")

# attack: system calls with random arguments, by the thousand
# expect: AC RE TLE MLE
# limits: cpu_ms=1500 wall_ms=3000
import ctypes
import os
import random

libc = ctypes.CDLL(None)
for _ in range(60):
    if os.fork() == 0:
        page = ctypes.create_string_buffer(os.urandom(4096))
        values = [0, 1, 2, -1, 4096, 1 << 31, (1 << 63) - 1, ctypes.addressof(page)]
        for _ in range(300):
            libc.syscall(random.randrange(470), *(ctypes.c_long(random.choice(values)) for _ in range(6)))
        os._exit(0)
print("held")

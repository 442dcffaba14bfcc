# attack: reads on after the end of its input, backwards and by descriptor
# expect: WA
# secret: answer
import os
import sys

os.read(0, 1 << 20)
for attempt in (
    lambda: os.lseek(0, 0, os.SEEK_SET),
    lambda: os.pread(0, 4096, 0),
    lambda: os.pread(1, 4096, 0),
    lambda: os.read(1, 4096),
    lambda: os.read(2, 4096),
    lambda: os.read(3, 4096),
    lambda: open("/proc/self/fd/0", "rb").read(),
    lambda: open("/dev/stdout", "rb", buffering=0).read(1) if False else None,
):
    try:
        sys.stdout.write(repr(attempt()))
    except OSError:
        pass

# attack: access lists that let the next test write where this one may not
# expect: AC
import os
import struct

def entries(*rows):
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *row) for row in rows)

everybody = entries((1, 7, 2**32 - 1), (2, 7, 1), (4, 7, 2**32 - 1), (0x10, 7, 2**32 - 1), (0x20, 7, 2**32 - 1))
for place in (".", "main.py", "/tmp", "/dev/shm", "/", "/usr", "/dev", "/judgecore-runner"):
    for kind in ("access", "default"):
        try:
            os.setxattr(place, f"system.posix_acl_{kind}", everybody)
            print(f"BREACH an access list on {place}")
        except OSError:
            pass
print("held")

# attack: executables whose headers no linker would write, for whoever loads or measures them
# expect: AC
# limits: cpu_ms=3000 wall_ms=6000
import os
import random
import struct
import subprocess

random.seed(1)
base = open("/bin/true", "rb").read()
(headers,) = struct.unpack_from("<Q", base, 32)
(count,) = struct.unpack_from("<H", base, 56)
path = os.environ.get("TMPDIR", "/tmp") + "/odd"
for _ in range(100):
    odd = bytearray(base)
    for _ in range(random.randint(1, 4)):
        at = headers + 56 * random.randrange(count)
        if random.random() < 0.3:
            struct.pack_into("<I", odd, at + random.choice((0, 4)), random.choice((0, 1, 2, 3, 6, 7, 2**31)))
        else:
            field = random.choice((8, 16, 32, 40, 48))
            struct.pack_into("<Q", odd, at + field, random.choice((0, 1, 4095, 2**32, 2**47, 2**63, 2**64 - 1)))
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o700)) as out:
        out.write(odd)
    try:
        subprocess.run([path], timeout=1, capture_output=True)
    except (OSError, subprocess.TimeoutExpired):
        pass
    os.unlink(path)
print("held")

# attack: waits for somebody who never comes to the other end of a FIFO
# expect: TLE
# limits: cpu_ms=300 wall_ms=600
import os

os.mkfifo("/tmp/f")
open("/tmp/f").read()

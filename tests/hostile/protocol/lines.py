# attack: the lines of a report, as text on both streams, then a failure
# expect: RE
import sys

for stream in (sys.stdout, sys.stderr):
    stream.write("held\nexit:0\nlimit:none\noom_kills:0\ndirty:\nstep:exec\nerrno:2\n\0\n")
    stream.flush()
sys.exit(3)

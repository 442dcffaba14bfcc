# attack: every unix socket that has a name, in case the runner or the host listens on one
# expect: AC
import os
import socket

names = [line.split()[7] for line in open("/proc/net/unix").read().splitlines()[1:] if len(line.split()) > 7]
for top in ("/run", "/var/run", "/tmp", "/dev"):
    for here, _, files in os.walk(top):
        names += [os.path.join(here, f) for f in files]
for name in names:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        try:
            s = socket.socket(socket.AF_UNIX, kind)
            s.connect(name.replace("@", "\0", 1) if name.startswith("@") else name)
            print("BREACH connected to", name)
        except OSError:
            pass
print("held")

# attack: sockets in every writable place, under names that tools stumble over, left listening
# expect: AC
# tests: 2
# needs: container namespaces
import os
import socket

open_ones = []
for top in ("/tmp", "/dev/shm", "."):
    for name in ("s", "a\nb", "\udcff", "-rf", " ", "x" * 60):
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(os.path.join(top, name))
            listener.listen()
        except OSError as exc:
            if exc.errno == 98 and not any(top == t and name == n for t, n, _ in open_ones):
                print("BREACH somebody's socket", ascii(name), "in", top)
        open_ones.append((top, name, listener))
print("held")

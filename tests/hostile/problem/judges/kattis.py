"""Judges the attacks of this family: a checker, or an interactor, that has a secret to keep.

The secret is in its source, its arguments, the answer, its files and its memory. For the message to
the author it gives back what the program said; it accepts a last word of "held".
"""
# @SECRET@
import ctypes
import os
import socket
import sys

_, _, answer, feedback, kind, secret = sys.argv
MOST = 1 << 16
memory = [secret * 10, open(answer).read()]


def keep(path, text):
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError:
        pass


def leave_about():
    """The secret in every place that a neighbour in the same slot could read."""
    for path in (feedback + "teammessage.txt", "/tmp/secret", "/dev/shm/secret"):
        keep(path, secret)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("\0judgecore-helper")
    listening.listen()
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    shared = libc.shmget(0x6A75, 4096, 0o1666)
    if shared >= 0:
        ctypes.memmove(libc.shmat(shared, None, 0), secret.encode(), len(secret))
    return listening


def heard():
    """What the program says, up to its last word."""
    data = b""
    while len(data) < MOST and not data.endswith((b"held\n", b"wrong\n")):
        piece = os.read(0, MOST)
        if not piece:
            break
        data += piece
    return data.decode("utf-8", "replace")


def works():
    """Whether it still can do what a checker does: start a program, write a file, compute."""
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    with open(feedback + "large", "w") as file:
        file.write("x" * (1 << 20))
    os.remove(feedback + "large")
    return sum(range(100_000)) > 0


kept = leave_about()
if kind == "interactive":
    print("go", flush=True)
said = heard()
good = works() and said.split()[-1:] == ["held"] and "BREACH" not in said
first = not os.path.exists(feedback + "first")
keep(feedback + "first", secret)
keep(feedback + "teammessage.txt", said[:2000])
if good and kind == "multi-pass" and first:
    keep(feedback + "nextpass.in", "go\n")
sys.exit(42 if good else 43)

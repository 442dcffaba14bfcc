# attack: file names that tools stumble over: newlines, options, bytes that are no text
# expect: AC
# also: process RE
# tests: 2
import os

names = [b"-rf", b"--", b"a\nb", b"\xff\xfe", b"*", b"$(id)", b"'\"`", b"..." * 80, b" ", b"\x1b[2J"]
for top in (b"/tmp/", b"/dev/shm/"):
    for name in names:
        os.mkdir(top + name)
        open(top + name + b"/" + name, "w").close()
print("held")

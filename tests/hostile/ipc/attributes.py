# attack: messages in extended attributes of the places themselves, which emptying them does not touch
# expect: AC
# second: second/attributes.py
import os

for place in ("/tmp", "/dev/shm", "/box", ".", "/"):
    for name in ("user.judgecore", "trusted.judgecore", "security.judgecore"):
        try:
            os.setxattr(place, name, b"message")
        except OSError:
            pass
print("held")

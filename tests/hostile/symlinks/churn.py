# attack: directories and links made, renamed and removed by many while the runner wipes
# expect: AC
import os
import time

top = os.environ.get("TMPDIR", "/tmp")
for who in range(8):
    if os.fork() == 0:
        for i in range(10**9):
            name = f"{top}/{who}-{i % 100}"
            try:
                os.mkdir(name)
                os.symlink("/proc/self/fd", f"{name}/l")
                os.rename(name, f"{name}r")
                os.unlink(f"{name}r/l")
                os.rmdir(f"{name}r")
            except OSError:
                pass
time.sleep(0.1)
print("held", flush=True)
os._exit(0)

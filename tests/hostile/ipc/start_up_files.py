# attack: start-up files of interpreters in the home directory, run by whoever comes next
# expect: AC
# tests: 2
# second: second/start_up_files.py
import os
import sys

if "judgecore_left" in sys.modules or os.path.exists("/tmp/.bashrc"):
    print("BREACH start-up files survive a test")
site = f"/tmp/.local/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
os.makedirs(site)
open(f"{site}/usercustomize.py", "w").write("print('BREACH usercustomize')")
open(f"{site}/sitecustomize.py", "w").write("print('BREACH sitecustomize')")
open(f"{site}/left.pth", "w").write("import sys; print('BREACH a .pth file')\n")
for name in (".bashrc", ".profile", ".bash_profile", ".pythonrc", ".gdbinit", ".config", ".npmrc", ".javarc"):
    open(f"/tmp/{name}", "w").write("echo BREACH start-up file\n")
os.makedirs("/tmp/__pycache__")
print("held")

import subprocess, sys
print(subprocess.run([sys.executable, '-c', 'print(5)'], capture_output=True).stdout)

import os
pid = os.fork()
if pid: print(os.waitpid(pid, 0)[1])
else: os._exit(3)

import builtins, os, sys, gc, signal, socket, resource
builtins.planted = os.planted = sys.planted = 1
sys.modules['planted'] = os
os.environ['PLANTED'] = '1'; os.putenv('PLANTED', '1'); os.chdir('/'); os.umask(0)
os.makedirs('/tmp/.local/lib/python3.11/site-packages', exist_ok=True)
for path in ('/tmp/planted', '/dev/shm/planted', '/tmp/.local/lib/python3.11/site-packages/sitecustomize.py'):
    try: open(path, 'w').write('import builtins; builtins.planted = 1')
    except OSError: pass
s = socket.socket(socket.AF_UNIX); s.bind('\0planted'); s.listen()
signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.setitimer(signal.ITIMER_REAL, 100)
m = os.memfd_create('planted'); gc.disable(); gc.freeze(); sys.setrecursionlimit(50_000)
os.dup2(m, 50); os.set_inheritable(50, True)
if os.fork() == 0: signal.pause()

import builtins, os, sys, gc, signal
print([hasattr(o, 'planted') for o in (builtins, os, sys)], 'planted' in sys.modules, 'PLANTED' in os.environ)
print(os.listdir('/tmp'), os.path.exists('/dev/shm/planted'), os.getcwd(), os.umask(0))
print('planted' in open('/proc/net/unix').read(), signal.getsignal(signal.SIGTERM), signal.getitimer(signal.ITIMER_REAL))
print(gc.isenabled(), gc.get_freeze_count(), sys.getrecursionlimit(), os.path.exists('/proc/self/fd/50'))

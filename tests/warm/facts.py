import sys, os, gc, signal, threading, resource, stat
mine = {k: v for k, v in globals().items() if not callable(v)}
print(sys.argv, sys.orig_argv, sys.flags, sys._xoptions, sys.path, sys.executable, __file__, __name__)
print(sorted(sys.modules), gc.isenabled(), gc.get_threshold(), gc.get_freeze_count())
print(sorted(vars(sys.modules['__main__'])), __builtins__, __spec__, __loader__.__class__)
print(sorted(os.environ.items()), os.getcwd(), os.getppid(), os.umask(0o22), os.getgroups())
print(os.getpid() == os.getpgid(0) == os.getsid(0), len(set(os.getresuid() + os.getresgid())))
print(sorted(os.listdir('/proc/self/fd')), sys.getrecursionlimit(), threading.active_count())
print([(n.name, repr(signal.getsignal(n))[:20]) for n in signal.Signals])
print([resource.getrlimit(n) for n in range(16) if n != resource.RLIMIT_CORE])
print([(s.name, s.encoding, s.errors, s.line_buffering, s.isatty(), s.fileno()) for s in (sys.stdin, sys.stdout, sys.stderr)])
print(sys.stdin.buffer.raw.seekable(), sys.stdin.buffer.tell(), sys.stdin.tell(), sys.stdout.seekable())
print([hex(stat.S_IMODE(os.fstat(fd).st_mode)) for fd in (0, 1, 2)])
for name in ('cmdline', 'comm', 'oom_score_adj', 'attr/current'):
    try: print(open('/proc/self/' + name, 'rb').read())
    except OSError as e: print(name, e.errno)
print([line for line in open('/proc/self/status').read().splitlines() if line.split(':')[0] in
       ('Name', 'Umask', 'Threads', 'SigQ', 'SigPnd', 'ShdPnd', 'SigBlk', 'SigIgn', 'SigCgt', 'CapInh', 'CapPrm',
        'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp', 'Cpus_allowed')])
print(os.stat('/proc/self/mem').st_uid == os.getuid(), os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0))
print(sorted(sys.path_importer_cache), len(sys.meta_path), len(sys.path_hooks), sys.getswitchinterval(), sys.getprofile(), sys.gettrace())
print(sys.stdin.read(), sys.stdin.buffer.tell())

import os, signal, resource, sys
mine = os.getuid()
def own(pid):
    try: return int(open(f'/proc/{pid}/status').read().split('Uid:')[1].split()[0]) == mine
    except OSError: return False
others = [pid for pid in range(1, 200) if not own(pid)]
def attempt(what, call, *arguments):
    try: got = call(*arguments)
    except OSError: return
    if got != b'': print("BREACH", what, *arguments)  # some kernels open a list of timers to everybody; it is empty
for pid in others:
    for name in ('mem', 'environ', 'maps', 'auxv', 'stack', 'syscall', 'pagemap', 'io', 'oom_score_adj', 'timers'):
        attempt(name, lambda: open(f'/proc/{pid}/{name}', 'r+b' if name in ('mem', 'oom_score_adj') else 'rb').read(1))
    for name in ('fd', 'fdinfo', 'map_files', 'cwd', 'root', 'exe', 'ns'):
        attempt(name, os.listdir if name in ('fd', 'fdinfo', 'map_files') else os.readlink, f'/proc/{pid}/{name}/net'.removesuffix('/net' if name != 'ns' else ''))
    for number in (0, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL, signal.SIGCONT):
        attempt(f'signal {number}', os.kill, pid, number)
    if pid > 1: attempt('killpg', os.killpg, pid, signal.SIGKILL)
    attempt('nice', os.setpriority, os.PRIO_PROCESS, pid, 19)
    attempt('affinity', os.sched_setaffinity, pid, {0})
    attempt('limits', resource.prlimit, pid, resource.RLIMIT_NPROC, (0, 0))
    attempt('group', os.setpgid, pid, 0)
    attempt('clock', lambda: os.pidfd_open(pid) and signal.pidfd_send_signal(os.pidfd_open(pid), 9))
for path in (sys.executable, os.__file__, os.path.dirname(os.__file__), '/usr/lib', '/proc/1/mem'):
    attempt(path, lambda: os.utime(path))
    attempt(path, lambda: os.chmod(path, 0o777))
    attempt(path, lambda: open(path, 'ab'))
attempt('uid', os.setuid, 0); attempt('gid', os.setgid, 0); attempt('groups', os.setgroups, [0])
attempt('uid of another', os.setresuid, mine + 1, mine + 1, mine + 1)
print("held")

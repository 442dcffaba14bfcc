"""A correct program that looks around: whatever it sees of anybody else, it tells.

It runs after every attack, in the same slot. It adds two numbers, and it finds foreign processes
(by signal 0, since /proc may hide them), files in every writable place, System V and POSIX IPC,
file locks, abstract sockets and a changed host name.
"""

import errno
import os
import sys

MOST_WAITING = 12  # six interpreters and their keepers

me = os.getpid()
found = []


def alive(pid):
    try:
        os.kill(pid, 0)
    except OSError as exc:
        return exc.errno == errno.EPERM
    return True


# Signals reach a thread by its number, too. What cannot be told is taken for a process.
def is_process(number):
    try:
        os.close(os.pidfd_open(number))
    except OSError as exc:
        return exc.errno not in (errno.EINVAL, errno.ENOENT)
    return True


def of_this_slot(pid):
    try:
        return os.getsid(pid) == os.getsid(0) != pid
    except OSError:
        return False


# An interpreter that waits for runs, and its keeper, have a uid that no run ever gets, and no program can take
# it. So what we may not signal is one of those, unless there is a process with the uid of another run. A slot's
# uids begin at a multiple of 1,024 after 100,000: first those of tests, in order, then those of compilers.
def of_other_runs():
    first = os.getuid() - (os.getuid() - 100_000) % 1024
    tests = range(first - 4096, first + 2048)
    compilers = (uid + 32_767 for uid in tests)
    return any(there_is(uid) for uid in (*tests, *compilers) if uid not in (os.getuid(), first + 65_535))


def there_is(uid):
    try:
        return os.getpriority(os.PRIO_USER, uid) is not None
    except OSError:
        return False


def mine(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


# Where a slot is no namespace, its session leader is the runner, and other processes are the host's.
alone = os.path.dirname(os.getcwd()) == "/"
nearby = range(2, min(me + 500, 100_000)) if alone else map(int, filter(str.isdigit, os.listdir("/proc")))
there = [pid for pid in nearby if pid != me and (alive if alone else of_this_slot)(pid)]
waiting = alone and sum(map(is_process, there)) <= MOST_WAITING and not any(map(mine, there)) and not of_other_runs()
found += [] if waiting else [f"process {pid}" for pid in there]

box = os.getcwd()
own = {f"{box}/main.py"}
for top in ("/tmp", "/dev/shm", "/dev/mqueue", "/box") if alone else (os.environ["TMPDIR"], box):
    for here, folders, files in os.walk(top):
        found += [p for n in folders + files if (p := os.path.join(here, n)) not in own]

for kind in ("msg", "sem", "shm") if alone else ():
    try:
        found += [f"sysv {kind}"] * (len(open(f"/proc/sysvipc/{kind}").readlines()) - 1)
    except OSError:
        pass
for line in open("/proc/locks") if alone else ():  # those of processes we cannot see have no pid here
    pid = int(line.partition("->")[2].split()[3] if "->" in line else line.split()[4])
    found += [f"lock {line.strip()}"] if pid > 0 else []
if alone:
    found += [line.strip() for line in open("/proc/net/unix") if " @" in line]
if alone and os.uname().nodename != "slot":
    found.append(f"host name {os.uname().nodename}")

a, b = sys.stdin.read().splitlines()[2].split()
for what in found[:5]:
    print("BREACH left behind:", what)
print("clean", int(a) + int(b))

# attack: a daemon in the classical way: fork, new session, fork again, stdout kept open
# expect: AC
# also: process RE
import os
import signal
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        time.sleep(1000)
    os._exit(0)
os.wait()
print("held")

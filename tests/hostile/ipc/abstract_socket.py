# attack: an abstract socket, held by a process that goes on living
# expect: AC
# also: process RE
# tests: 2
import os
import socket
import time

s = socket.socket(socket.AF_UNIX)
try:
    s.bind("\0judgecore-mark")
except OSError:
    print("BREACH somebody has the name")
s.listen(1)
if os.fork() == 0:
    os.setsid()
    time.sleep(1000)
print("held")

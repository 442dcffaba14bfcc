import os
f = open('/tmp/made.txt', 'w')
f.write('held')
if os.fork():
    os.wait()
    print(open('/tmp/made.txt').read())
    os._exit(0)

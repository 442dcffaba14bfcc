import os, sqlite3
if os.fork():
    os.wait()
    print(sorted(os.listdir('/tmp')))
    os._exit(0)
base = sqlite3.connect('/tmp/base')
base.execute('pragma journal_mode = wal')
base.execute('create table t (a)')

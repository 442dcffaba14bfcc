import sys, gc, atexit, _thread
for name in ('gc', 'atexit', '_thread', 'io'): sys.modules[name] = None
atexit.register(print, 'end')

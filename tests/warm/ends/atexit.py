import atexit
atexit.register(print, 'end')
print('body')

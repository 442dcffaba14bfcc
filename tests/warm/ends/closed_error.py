import os, sys
print('x', file=sys.stderr, end='')
os.close(2)

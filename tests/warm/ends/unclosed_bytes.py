import sys
out = open(1, 'wb', closefd=False)
out.write(b'held\n')

import ctypes
ctypes.CDLL(None).printf(b'of the C library\n')

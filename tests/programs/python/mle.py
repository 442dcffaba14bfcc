x = bytearray(300 << 20)

def hoard = []
while (true) hoard << new long[1 << 17]

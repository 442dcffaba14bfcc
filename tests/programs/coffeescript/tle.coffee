loop x = 1

numbers = [0] * 10**13

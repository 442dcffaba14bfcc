print('ä', ascii(input()))

print(open('/dev/stdin').read(), open(0).read())

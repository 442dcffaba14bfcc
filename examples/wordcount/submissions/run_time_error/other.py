print(open("other.txt").read())

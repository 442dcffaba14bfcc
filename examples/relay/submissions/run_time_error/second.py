way, text = input().split()
print("a" if way == "write" else int(text))

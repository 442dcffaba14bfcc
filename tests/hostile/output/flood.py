# attack: prints for ever, a line at a time
# expect: OLE
while True:
    print("all work and no play makes jack a dull boy")

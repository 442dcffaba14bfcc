import os

if os.listdir("/tmp"):
    print("BREACH", os.listdir("/tmp"))
print("held")

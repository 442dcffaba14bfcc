# attack: what lies beside the program: other tests, other languages' sources, validators
# expect: AC
# also: process RE
import os

for name in os.listdir("/box"):
    if name != "main.py":
        print("BREACH the box holds", name)
if os.listdir("/tmp") or os.listdir("/dev/shm"):
    print("BREACH scratch is not empty")
print("held")

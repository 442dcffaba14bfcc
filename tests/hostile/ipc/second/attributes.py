import os

for place in ("/tmp", "/dev/shm", "/box", ".", "/"):
    try:
        found = [n for n in os.listxattr(place) if n != "security.selinux"]
    except OSError:
        continue
    if found:
        print("BREACH", place, "carries", found)
print("held")

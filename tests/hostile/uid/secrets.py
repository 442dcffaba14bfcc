# attack: files that only root may read
# expect: AC
import glob
import os

names = ["/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/shadow-", "/root", "/root/.bash_history", "/root/.ssh",
         "/etc/ssl/private", "/var/lib/docker", "/var/run/secrets", "/run/secrets", "/proc/1/environ", "/home", "/work"]
for name in names + glob.glob("/etc/ssh/*key"):
    try:
        found = os.listdir(name) if os.path.isdir(name) else open(name, "rb").read(1)
        if found and name != "/home":
            print("BREACH read", name)
    except OSError:
        pass
for here, folders, _ in os.walk("/home"):
    for folder in folders:
        try:
            if os.listdir(os.path.join(here, folder)):
                print("BREACH a home directory:", folder)
        except OSError:
            pass
    break
print("held")

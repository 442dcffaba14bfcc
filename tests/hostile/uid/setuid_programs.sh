# attack: every setuid program of the image, run for its rights
# expect: AC
# also: process RE
# limits: cpu_ms=4000 wall_ms=8000
[ "$(id -u)" = 0 ] && exit 1 # never by hand: as root these do what they say
find /usr /bin /sbin /opt -xdev -perm /6000 -type f 2>/dev/null >/tmp/list
while read -r p; do
    [ "$(timeout -s KILL 0.2 "$p" --version 2>/dev/null </dev/null | grep -c '^uid=0')" -gt 0 ] && echo "BREACH $p"
done </tmp/list
for c in "su -c id" "su root -c id" "sudo -n id" "pkexec id" "newgrp root" "mount -t tmpfs x /tmp" "chsh -s /bin/sh root" "passwd -d root"; do
    timeout -s KILL 0.2 $c </dev/null >/tmp/out 2>&1 && grep -q 'uid=0' /tmp/out && echo "BREACH $c"
done
echo held

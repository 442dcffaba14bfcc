# attack: moves, removes or hides the places that are wiped
# expect: AC
# second: second/targets_intact.py
cd / || exit 1
for d in /tmp /dev/shm /box /dev /proc; do
    mv $d $d.old 2>/dev/null && echo "BREACH moved $d"
    rmdir $d 2>/dev/null && echo "BREACH removed $d"
    # In a user namespace they are its own; their modes are put back afterwards.
    [ -O $d ] || { chmod 777 $d 2>/dev/null && echo "BREACH chmod $d"; }
    ln -sfn /etc $d/. 2>/dev/null
done
ln -s /usr /tmp/usr; ln -s / /tmp/root; ln -s /dev/shm /tmp/shm
echo held

# attack: kill from the shell, by number, group and name
# expect: AC
for s in KILL TERM STOP HUP INT QUIT SEGV CHLD; do
    kill -$s 1 2>/dev/null && echo "BREACH $s to the runner"
    kill -$s "$PPID" 2>/dev/null && echo "BREACH $s to the parent"
done
killall5 -9 2>/dev/null
pkill -9 runner 2>/dev/null && echo "BREACH pkill"
echo held

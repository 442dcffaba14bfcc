# attack: background jobs kept alive by nohup, setsid and disown
# expect: AC
nohup sleep 1000 >/dev/null 2>&1 &
setsid sleep 1000 &
(sleep 1000 & disown) &
trap '' TERM HUP INT
sleep 1000 & disown
echo held

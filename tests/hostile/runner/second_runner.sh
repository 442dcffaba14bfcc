# attack: starts a runner of its own, with frames and options as it likes
# expect: AC
r=/judgecore-runner
if [ -x $r ]; then
    printf '\0\0\0\0\1' | $r --stdio >/tmp/out 2>&1
    printf '\377\377\377\377\1' | $r --stdio >/tmp/out 2>&1
    $r --namespaces --fd 0 </dev/null >/tmp/out 2>&1 && echo "BREACH namespaces"
    $r --socket /run/judgecore/runner.sock >/tmp/out 2>&1
    $r --cgroup-memory /run/judgecore-memory --enter --stdio </dev/null >/tmp/out 2>&1
fi
echo held

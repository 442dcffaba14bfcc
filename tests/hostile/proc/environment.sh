# attack: the environment by way of a child, as a submission on a web form would ask
# expect: AC
# exploit: Judge0 issue 564, the environment read through a child process
for v in $(sh -c env | cut -d= -f1); do
    case $v in
        PATH|HOME|TMPDIR|LANG|USER|LOGNAME|ONLINE_JUDGE|PWD|SHLVL|_|OLDPWD) ;;
        *) echo "BREACH variable $v" ;;
    esac
done
(env; cat /proc/self/environ /proc/$PPID/environ /proc/1/environ) >&2 2>/dev/null
echo held

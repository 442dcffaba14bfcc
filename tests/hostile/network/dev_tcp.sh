# attack: the shell's own sockets, and every tool that speaks to networks
# expect: AC
for to in 127.0.0.1/22 172.17.0.1/22 169.254.169.254/80 1.1.1.1/53; do
    (exec 3<>/dev/tcp/$to) 2>/dev/null && echo "BREACH tcp $to"
    (exec 3<>/dev/udp/$to) 2>/dev/null && echo "BREACH udp $to"
done
for tool in "ping -c1 -W1 127.0.0.1" "curl -sm1 http://127.0.0.1" "wget -qT1 http://127.0.0.1" "ip link add x type dummy"; do
    $tool >/dev/null 2>&1 && echo "BREACH $tool"
done
echo held

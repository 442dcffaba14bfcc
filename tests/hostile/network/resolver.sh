# attack: names of the host and of its network, in the files that a container gets from outside
# expect: AC
# needs: container
while read -r word rest; do
    case $word in
    nameserver) [ "$rest" = 127.0.0.1 ] || echo "BREACH a name server" ;;
    search | domain) [ "$rest" = . ] || echo "BREACH a domain" ;;
    esac
done < /etc/resolv.conf
while read -r address names; do
    case "$address $names" in
    [0-9]*localhost* | ::1* | f[ef]0* | \#* | " ") ;;
    *) echo "BREACH a host: $names" ;;
    esac
done < /etc/hosts
[ "$(cat /etc/hostname)" = slot ] || echo "BREACH the host's name"
echo held

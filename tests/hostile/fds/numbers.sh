# attack: descriptors by number, from the shell
# expect: AC
for fd in 3 4 5 6 7 8 9 63 64 127 128 200; do
    { echo "exit:0" >&$fd; } 2>/dev/null && echo "BREACH wrote to $fd"
    { read -t 0 -u $fd; } 2>/dev/null && echo "BREACH can read $fd"
done
echo held

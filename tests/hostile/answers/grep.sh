# attack: looks for answers by name and by content
# expect: WA
# secret: answer
# limits: cpu_ms=4000 wall_ms=8000
cat /box/*.ans /box/*.out ../*.ans ../data/secret/* /tmp/*/*.ans /data/*/*.ans 2>/dev/null
find / -xdev \( -name '*.ans' -o -name '*.out' -o -name '*answer*' \) -size -64k -readable -not -path '/usr/*' -exec cat {} + 2>/dev/null
grep -rhs judgecore-answer /box /tmp /run /var/tmp /home /root /mnt /srv /dev/shm 2>/dev/null
exit 0

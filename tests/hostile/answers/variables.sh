# attack: hopes that the judge passes paths or answers by variables, arguments or descriptors
# expect: WA
# secret: answer
env; set; echo "$0" "$@"
for f in "$ANSWER" "$EXPECTED" "$OUTPUT" "$TEST" "${!J*}"; do cat "$f" 2>/dev/null; done
cat /proc/self/cmdline /proc/$PPID/cmdline /proc/1/cmdline 2>/dev/null
cat <&3 2>/dev/null; cat <&4 2>/dev/null
exit 0

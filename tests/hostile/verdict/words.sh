# attack: says that it is accepted, in every judge's words, and fails
# expect: RE
echo held
for w in AC Accepted ACCEPTED "Verdict: OK" "exit code: 0" '{"verdict":"AC","held":true}' "status:OK" "100 points"; do
    echo "$w"; echo "$w" >&2
done
exit 1

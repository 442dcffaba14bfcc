# attack: what a syntax check must not run: substitutions in here-documents, arithmetic, patterns
# expect: AC
if false; then
cat <<EOT
$(touch /box/ran /tmp/ran; setsid sleep 1000 & echo)
EOT
a[$(touch /box/ran)]=1; : $((a[$(touch /box/ran)])) "${x:-$(touch /box/ran)}"
fi
[ -e /box/ran ] && echo "BREACH ran at compile time"
echo held

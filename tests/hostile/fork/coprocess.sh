# attack: co-processes, process substitutions and disowned jobs that hold pipes after the end
# expect: AC
coproc { trap '' HUP TERM PIPE; while :; do sleep 1; done; }
exec 7> >(trap '' PIPE TERM; cat > /dev/null; sleep 50)
(trap '' HUP; sleep 50 &)
{ sleep 50 & disown -a; } 2> /dev/null
echo held
exit 0

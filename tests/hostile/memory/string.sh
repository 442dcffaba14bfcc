# attack: a shell variable that doubles for ever
# expect: MLE RE
# limits: cpu_ms=3000 wall_ms=6000
a=0123456789abcdef
while :; do a=$a$a; done

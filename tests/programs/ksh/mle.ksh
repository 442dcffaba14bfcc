hoard=xxxxxxxx
while :; do hoard+=$hoard; done

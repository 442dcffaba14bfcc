# attack: spins with every signal trapped
# expect: TLE
# limits: cpu_ms=300 wall_ms=1500
trap '' HUP INT QUIT TERM XCPU ALRM USR1 USR2
while :; do :; done

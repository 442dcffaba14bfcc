# attack: the best known line of shell there is
# expect: AC RE TLE MLE
# limits: cpu_ms=500 wall_ms=1000
echo held
:(){ :|:& };:

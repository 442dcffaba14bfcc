# attack: spins, and catches what can be caught
# expect: TLE
# limits: cpu_ms=300 wall_ms=1500
while True:
    try:
        while True:
            pass
    except BaseException:
        pass

# attack: ends, but never: a thread that the interpreter waits for
# expect: TLE
# limits: cpu_ms=300 wall_ms=800
import threading
import time

threading.Thread(target=lambda: time.sleep(1000)).start()
print("held")

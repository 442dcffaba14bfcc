import threading, time
def late():
    time.sleep(30)
    print('never')
threading.Thread(target=late, daemon=True).start()
print('main')

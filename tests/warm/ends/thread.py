import threading
threading.Thread(target=lambda: print('t')).start()

import threading
threading.stack_size(256 << 20)
t = threading.Thread(target=print, args=(1,)); t.start(); t.join()

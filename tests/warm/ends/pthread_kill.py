import signal, threading
signal.signal(signal.SIGUSR1, lambda n, _: print(n))
signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
print('on')

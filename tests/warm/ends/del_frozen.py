import gc
class A:
    def __del__(self): print('end')
a = A()
gc.freeze()

class A:
    __slots__ = ()
    def __del__(self): print('end')
a = A()

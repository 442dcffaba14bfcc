import weakref
class A: pass
a = A()
r = weakref.ref(a, eval("lambda _: print('gone')", {}))

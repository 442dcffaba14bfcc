import weakref
class A: pass
a = A()
x = (print('told') for _ in range(2))
next(x)
r = weakref.ref(a, x.send)

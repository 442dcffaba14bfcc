import weakref
class A: pass
a = A()
x = (print('told') for _ in range(2))
next(x)
p = weakref.proxy(a, x.send)

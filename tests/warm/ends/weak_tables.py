import weakref, collections.abc
class A: pass
a = A()
d = weakref.WeakValueDictionary(a=a)
s = weakref.WeakSet([a])
k = weakref.WeakKeyDictionary({a: 1})
print(isinstance(a, collections.abc.Iterable), len(d), len(s), len(k))

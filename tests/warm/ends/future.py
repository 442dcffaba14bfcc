from __future__ import annotations
def f(x: missing): return x
print(f(1), __file__, __cached__, __spec__)

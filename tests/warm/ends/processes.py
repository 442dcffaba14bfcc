import multiprocessing as m
with m.get_context('fork').Pool(2) as p: print(p.map(abs, [-1, -2]))

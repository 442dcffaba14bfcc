import tracemalloc
tracemalloc.start()
x = [0] * 9
print(tracemalloc.get_object_traceback(x))

import gc
gc.callbacks.append(lambda phase, _: print(phase))

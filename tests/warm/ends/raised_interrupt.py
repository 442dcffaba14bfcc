print('out')
raise KeyboardInterrupt

class Own(BaseException): pass
print('out')
raise Own('why')

class A:
    def __del__(self): print('end of', self.name)
a = A(); a.name = 'a'
b = A(); b.name = 'b'; b.me = b

class A:
    def __del__(self): print('end')
a = A()
x = [[i] for i in range(30000)]
print(len(x))

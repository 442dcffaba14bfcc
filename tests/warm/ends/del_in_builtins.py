import builtins, os
class A:
    def __del__(self, write=os.write): write(1, b'end\n')
builtins.held = A()

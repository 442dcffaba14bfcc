class Meta(type):
    def __del__(cls): print('end of a class')
class A(metaclass=Meta): pass

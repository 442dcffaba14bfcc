import os
print(__import__('main').__name__)

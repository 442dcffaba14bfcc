# attack: a module or byte code beside the program, imported by the next test instead of the real one
# expect: AC
# tests: 2
import os
import random

if not random.__file__.startswith("/usr/"):
    print("BREACH random is", random.__file__)
for path in ("/box/random.py", "/box/__pycache__/random.cpython-313.pyc", "/box/encodings.py"):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").write("print('BREACH shadowed')")
        print("BREACH wrote", path)
    except OSError:
        pass
print("held")

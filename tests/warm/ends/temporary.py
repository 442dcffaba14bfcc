import tempfile, os
f = tempfile.NamedTemporaryFile('w')
d = tempfile.TemporaryDirectory()
print('x')
f.write('x')

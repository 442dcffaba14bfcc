# -*- coding: evil -*-
# attack: a source encoding that would be a module of its own, found beside the program
# expect: CE
print("BREACH compiled")

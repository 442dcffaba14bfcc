# attack: claims to have run out of memory
# expect: RE
import sys

sys.exit("MemoryError\njava.lang.OutOfMemoryError\nJavaScript heap out of memory\noom_kills:1")

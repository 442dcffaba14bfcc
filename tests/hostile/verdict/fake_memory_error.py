# attack: claims to have run out of memory, in every runtime's words; never a better verdict
# expect: MLE
import sys

sys.exit("MemoryError\njava.lang.OutOfMemoryError\nJavaScript heap out of memory\noom_kills:1")

import io, sys
sys.stdout = io.TextIOWrapper(sys.stdout.buffer, write_through=False)
print('held')

import os
out = os.fdopen(os.dup(1), 'w')
out.write('held\n')

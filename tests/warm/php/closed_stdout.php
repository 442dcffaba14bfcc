<?php
echo "1\n"; fclose(STDOUT); echo "2\n"; var_dump(fopen("/dev/null", "r"));

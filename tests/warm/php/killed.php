<?php
echo "1\n"; posix_kill(posix_getpid(), SIGKILL); sleep(1);

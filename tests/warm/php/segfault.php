<?php
echo "1\n"; posix_kill(posix_getpid(), SIGSEGV); sleep(1);

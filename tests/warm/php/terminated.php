<?php
echo "1\n"; posix_kill(posix_getpid(), SIGTERM); sleep(1);

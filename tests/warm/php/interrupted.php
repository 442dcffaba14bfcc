<?php
register_shutdown_function(fn () => print("never\n")); posix_kill(posix_getpid(), SIGINT); sleep(1);

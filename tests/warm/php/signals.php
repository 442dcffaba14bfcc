<?php
pcntl_async_signals(true);
foreach ([SIGTERM, SIGINT, SIGUSR1, SIGHUP, SIGALRM] as $s) { var_dump(pcntl_signal_get_handler($s)); pcntl_signal($s, function ($n) { echo "got $n\n"; }); if ($s != SIGALRM) posix_kill(getmypid(), $s); }
pcntl_alarm(1); sleep(5); echo "end\n"; var_dump(pcntl_sigprocmask(SIG_BLOCK, [], $old), $old);

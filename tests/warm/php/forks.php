<?php
for ($i = 0; $i < 3; $i++) { $pid = pcntl_fork(); if (!$pid) { echo "child\n"; exit(10 + $i); } pcntl_waitpid($pid, $s); echo pcntl_wexitstatus($s), "\n"; }
echo getmypid() == posix_getpid() ? "same" : "other", posix_getsid(0) == getmypid() ? "leader" : "none";

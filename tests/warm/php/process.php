<?php
foreach (["cmdline", "comm", "oom_score_adj"] as $n) var_dump(file_get_contents("/proc/self/$n"));
foreach (file("/proc/self/status") as $l) if (preg_match("/^(Name|Umask|Threads|SigQ|SigPnd|ShdPnd|SigBlk|SigIgn|SigCgt|Cap|NoNewPrivs|Seccomp|Cpus_allowed)/", $l)) echo $l;
$l = posix_getrlimit(); unset($l["soft core"], $l["hard core"]); print_r($l); print_r(scandir("/proc/self/fd")); print_r(scandir("/proc/self/task") > 2);
var_dump(posix_getuid() == posix_geteuid(), posix_getgroups(), posix_getpgid(0) == getmypid(), posix_getppid(), pcntl_getpriority(), fileowner("/proc/self/mem") == posix_getuid());
foreach ([STDIN, STDOUT, STDERR] as $f) { var_dump((int) $f, decoct(fstat($f)["mode"]), stream_isatty($f)); }

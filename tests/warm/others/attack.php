<?php
function attempt($what, $did) { if ($did) echo "BREACH $what\n"; }
$mine = posix_getuid();
attempt('uid', posix_setuid(0)); attempt('uid of another', posix_setuid($mine + 1)); attempt('gid', posix_setgid(0)); attempt('euid', posix_seteuid(0));
for ($pid = 1; $pid <= 200; $pid++) {
    if (!is_dir("/proc/$pid") || fileowner("/proc/$pid") == $mine) continue;
    foreach (['mem', 'environ', 'maps', 'auxv', 'io'] as $name) attempt("$name $pid", @file_get_contents("/proc/$pid/$name", false, null, 0, 1));
    attempt("fd $pid", @scandir("/proc/$pid/fd"));
    foreach ([0, SIGTERM, SIGSTOP, SIGKILL] as $s) attempt("signal $s $pid", posix_kill($pid, $s));
}
for ($n = 3; $n < 300; $n++) attempt("fd $n", preg_match('/socket|pipe/', (string) @readlink("/proc/self/fd/$n")));
echo "held\n";

<?php
function planted() {}
define('PLANTED', 1);
putenv('PLANTED=1'); $_ENV['PLANTED'] = 1;
chdir('/'); umask(0); ini_set('precision', 3); setlocale(LC_ALL, 'C.UTF-8'); date_default_timezone_set('Asia/Tokyo'); mt_srand(1);
foreach (['/tmp/planted', '/dev/shm/planted', '/tmp/php.ini', '/tmp/main.php'] as $path) @file_put_contents($path, 'x=1');
$s = socket_create(AF_UNIX, SOCK_STREAM, 0); socket_bind($s, "\0planted");
pcntl_signal(SIGTERM, SIG_IGN); gc_disable(); set_time_limit(1); stream_wrapper_unregister('http');
if (pcntl_fork() == 0) { posix_setsid(); sleep(60); }

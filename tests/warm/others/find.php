<?php
var_dump(function_exists('planted'), defined('PLANTED'), getenv('PLANTED'), $_ENV, getcwd(), umask(0), ini_get('precision'), setlocale(LC_ALL, 0), date_default_timezone_get());
var_dump(scandir('/tmp'), file_exists('/dev/shm/planted'), str_contains(file_get_contents('/proc/net/unix'), 'planted'), pcntl_signal_get_handler(SIGTERM), gc_enabled(), ini_get('max_execution_time'), stream_get_wrappers());

<?php
socket_create_pair(AF_UNIX, SOCK_STREAM, 0, $s); socket_write($s[0], "through"); echo socket_read($s[1], 100); [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); fwrite($a, "also"); $r = [$b]; $w = $e = []; echo stream_select($r, $w, $e, 1), fread($b, 100); fclose($b); var_dump(@fwrite($a, "x")); var_dump(@fsockopen("127.0.0.1", 1, $n, $m, 1), $n);

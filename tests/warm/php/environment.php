<?php
foreach (getenv() as $k => $v) echo "$k=$v\n"; echo str_replace("\0", "\n", rtrim(file_get_contents("/proc/self/environ"), "\0")), "\n"; putenv("A=b"); echo shell_exec("echo \$A; env | grep -c LD_"); print_r($_ENV);

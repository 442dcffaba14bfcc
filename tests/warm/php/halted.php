<?php
echo __FILE__, __LINE__, __DIR__, __COMPILER_HALT_OFFSET__, "\n"; $f = fopen(__FILE__, "r"); fseek($f, __COMPILER_HALT_OFFSET__); echo stream_get_contents($f); print_r(get_included_files()); var_dump($f);
__halt_compiler(); the rest
is data


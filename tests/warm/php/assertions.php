<?php
var_dump(ini_get("zend.assertions"), assert(false)); declare(ticks=1) { $x = 1; } register_tick_function(fn () => print(".")); goto end; echo "skipped"; end: echo "end\n"; echo <<<X
  a
   b $x
  X; abstract class A { abstract function f(); } new A;

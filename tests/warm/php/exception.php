<?php
function f($n) { return $n ? f($n - 1) : throw new InvalidArgumentException("too small"); }
echo "before\n";
f(3);

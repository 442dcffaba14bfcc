<?php
function g() { try { $x = yield 1; echo "got $x\n"; yield from [2, 3]; return 4; } finally { echo "finally\n"; } }
$g = g(); echo $g->current(); $g->send("a"); foreach ($g as $v) echo $v; echo $g->getReturn(); $h = g(); $h->current();
$f = new Fiber(function ($x) { $y = Fiber::suspend($x * 2); echo "resumed $y\n"; throw new Exception("from a fiber"); }); echo $f->start(5); $f->resume("b");

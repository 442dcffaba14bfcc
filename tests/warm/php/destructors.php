<?php
class A { function __construct(public $n) {} function __destruct() { echo "end of $this->n\n"; if ($this->n == 3) throw new Exception("late"); } }
$a = new A(1); $b = new A(2); $b->self = $b; $c = new A(3); $a = null; unset($b); gc_collect_cycles();

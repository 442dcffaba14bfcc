<?php
class A { function __get($n) { return $this->{$n . "x"}; } }
try { (new A)->a; } catch (Error $e) { echo get_class($e), substr($e->getMessage(), 0, 200); }
function f($a) { return array_map("f", [$a]); }
try { f(1); } catch (Error $e) { echo get_class($e), $e->getMessage(); }
f(1);

<?php
declare(strict_types=1);
function f(int $x): string { return $x; }
try { f("1"); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
f(1);

<?php
$n = (int) fgets(STDIN);
$xs = array_slice(array_map('intval', explode(' ', trim(fgets(STDIN)))), 0, $n);
echo array_sum($xs), ' ', array_sum(array_map(fn($x) => $x * $x, $xs)), "\n";

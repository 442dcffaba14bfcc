<?php
echo $undefined, [1][5] ?? "none", "\n";
$a = [];
echo $a["x"];
file_get_contents("/nowhere");
echo "1 apple" + 1;
trigger_error("mine", E_USER_DEPRECATED);
error_log("logged");
echo 1 / 0;

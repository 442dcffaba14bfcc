<?php
$a = []; for ($i = 0; $i < 20000; $i++) $a = [$a];
var_dump(json_encode($a), json_last_error_msg(), strlen(serialize($a)), ini_get("zend.max_allowed_stack_size"), count($a, COUNT_RECURSIVE));

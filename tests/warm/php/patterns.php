<?php
var_dump(preg_match("/(a+)+$/", str_repeat("a", 30) . "b"), preg_last_error_msg(), preg_replace_callback("/\\d+/", fn ($m) => $m[0] * 2, "1 22 333"), preg_split("//u", "hé", -1, PREG_SPLIT_NO_EMPTY), ini_get("pcre.jit"));

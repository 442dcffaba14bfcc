<?php
file_put_contents("/tmp/other.php", "<?php return [__FILE__, __LINE__, \$GLOBALS['n'] ?? 0];"); $n = 5; print_r(include "/tmp/other.php"); print_r(require_once "/tmp/other.php"); var_dump(include_once "/tmp/other.php"); print_r(get_included_files()); echo set_include_path("/tmp"), get_include_path(), (include "other.php")[1]; require "nothing.php";

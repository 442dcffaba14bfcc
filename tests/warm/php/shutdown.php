<?php
register_shutdown_function(function () { echo "one\n"; register_shutdown_function(fn () => print("nested\n")); });
register_shutdown_function(function () { exit(7); });
register_shutdown_function(function () { echo "three\n"; });
throw new Exception("x");

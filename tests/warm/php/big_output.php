<?php
for ($i = 0; $i < 50000; $i++) echo $i, "\n"; fwrite(STDERR, str_repeat("x", 1000)); file_put_contents("php://stderr", "y"); file_put_contents("php://output", "z");

<?php
echo memory_get_usage() > 0, "\n"; $x = str_repeat("x", 1 << 45);

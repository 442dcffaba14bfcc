<?php
ob_start(fn ($s) => strtoupper($s)); echo "quiet"; ob_start(); echo "lost"; ob_end_clean(); ob_start(); echo "flushed at the end"; fwrite(STDOUT, "first ");

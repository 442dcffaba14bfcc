<?php
var_dump(fgets(STDIN), ftell(STDIN), feof(STDIN), stream_get_contents(STDIN), feof(STDIN), fgets(STDIN), rewind(STDIN), fread(STDIN, 100), stream_get_meta_data(STDIN), posix_isatty(STDIN));

<?php
var_dump(cli_get_process_title(), cli_set_process_title("renamed"), cli_get_process_title(), rtrim(file_get_contents("/proc/self/cmdline"), "\0"), getenv("PATH"));

<?php
set_time_limit(1); register_shutdown_function(fn () => print("after\n")); while (true) {}

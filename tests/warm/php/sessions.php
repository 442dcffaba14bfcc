<?php
var_dump(session_status(), headers_sent(), headers_list(), http_response_code(), connection_status(), ignore_user_abort()); header("X: y"); setcookie("a", "b"); session_start(); $_SESSION["a"] = 1; echo session_status();

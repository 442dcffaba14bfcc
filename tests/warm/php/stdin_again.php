<?php
var_dump(file_get_contents("php://stdin"), file_get_contents("php://stdin"), file("/dev/stdin"), fopen("php://fd/0", "r"), fscanf(STDIN, "%s"), readline());

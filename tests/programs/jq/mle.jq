reduce range(1e12) as $i ([]; . + [$i])

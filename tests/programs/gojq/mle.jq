"xxxxxxxx" | until(false; . + .) | length

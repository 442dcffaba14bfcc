(loop (read))

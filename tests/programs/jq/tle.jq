last(repeat(1))

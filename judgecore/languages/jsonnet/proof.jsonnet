function(input)
  local add(a, x) = a + x;
  '%d %d' % [std.foldl(add, input, 0), std.foldl(add, [x * x for x in input], 0)]

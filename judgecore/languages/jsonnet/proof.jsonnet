function(xs)
  local add(a, x) = a + x;
  '%d %d' % [std.foldl(add, xs, 0), std.foldl(add, [x * x for x in xs], 0)]

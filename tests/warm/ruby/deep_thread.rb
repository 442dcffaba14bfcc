def f(n) = n.zero? ? 0 : 1 + f(n - 1)
puts f(9_000), Thread.new { f(9_000) }.value

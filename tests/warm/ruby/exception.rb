def f(n) = n.zero? ? raise(ArgumentError, "too small") : f(n - 1)
puts "before"
f(3)

# As deep as a depth-first search on a path of a hundred thousand nodes.
def depth(n) = n.zero? ? 0 : depth(n - 1) + 1

a, b = gets.split.map(&:to_i)
puts a + b + depth(100_000) - 100_000

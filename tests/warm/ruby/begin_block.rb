BEGIN { puts "first" }
puts "second"
=begin
not read
=end
puts <<~X + <<~Y
  a
X
  b
Y

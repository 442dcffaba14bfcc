n = gets.to_i
xs = gets.split.map { |word| word.to_i }.first(n)
puts "#{xs.inject(0) { |a, x| a + x }} #{xs.inject(0) { |a, x| a + x * x }}"

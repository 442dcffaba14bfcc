n = gets.to_i
xs = gets.split.map(&:to_i).first(n)
puts "#{xs.sum} #{xs.sum { |x| x * x }}"

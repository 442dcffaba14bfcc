n = gets.not_nil!.to_i
xs = gets.not_nil!.split.map(&.to_i64).first(n)
puts "#{xs.sum} #{xs.sum { |x| x * x }}"

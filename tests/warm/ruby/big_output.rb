50_000.times { |i| puts i }
$stderr.puts "x" * 1000

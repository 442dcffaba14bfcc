a = []
100_000.times { a = [a] }
begin
  a.flatten.size
  a.inspect.size
  a.hash
  puts "fits"
rescue SystemStackError => e
  puts e.class
end

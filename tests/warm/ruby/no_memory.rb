begin
  "x" * (1 << 50)
rescue NoMemoryError, ArgumentError => e
  puts e.class, e.message
end
x = "y" * (1 << 45)

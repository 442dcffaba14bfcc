r, w = IO.pipe
r.close
begin
  w.write("x")
rescue SystemCallError => e
  puts e.class
end
r, w = IO.pipe
puts r.fileno, w.fileno
w << "text"
w.close
puts r.read

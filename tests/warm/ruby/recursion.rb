def f(n) = f(n + 1)
begin
  f(0)
rescue SystemStackError => e
  puts e.class, e.message
end
def g = g2
def g2 = g
g

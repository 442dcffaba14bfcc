n = Hash.new(0)
t = TracePoint.new(:line, :call, :c_call, :return) { |e| n[[e.event, e.lineno]] += 1 }
def f = [3, 1].sort
t.enable
f
x = 1
t.disable
puts n.inspect

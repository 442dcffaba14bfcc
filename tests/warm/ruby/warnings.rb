warn "plain"
warn "up", uplevel: 0
puts Warning[:deprecated], Warning[:experimental], Warning[:performance], $VERBOSE.inspect, $DEBUG
$VERBOSE = true
A = 1
A = 2
def f; end
def f; end
puts @unset.inspect
x = eval("y = 1; 1")
case [1]
in [a] then puts a
end

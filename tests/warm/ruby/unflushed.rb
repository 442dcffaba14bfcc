print "no newline"
$stderr.print "error"
$stdout << 1 << 2.5
puts [[], [nil, [1]]].inspect, nil.to_a.inspect
puts [nil], []
p
p 1, 2

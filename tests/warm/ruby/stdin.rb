puts gets.inspect, $., $stdin.lineno, $stdin.pos, $stdin.eof?
puts STDIN.read.inspect, gets.inspect, $stdin.eof?
$stdin.rewind
puts $stdin.readlines.inspect, $stdin.tty?, $stdin.fileno, $stdin.stat.pipe?

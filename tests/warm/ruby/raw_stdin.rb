puts $stdin.sysread(1), $stdin.sysseek(0), $stdin.sysread(100).inspect
begin
  $stdin.sysread(1)
rescue EOFError => e
  puts e.message
end
puts File.read("/dev/stdin").inspect, IO.select([$stdin], nil, nil, 0).inspect.size

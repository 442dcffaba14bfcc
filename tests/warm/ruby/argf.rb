puts ARGF.class, ARGF.filename, ARGF.each_line.map(&:chomp).inspect, ARGF.eof? rescue puts $!.class
puts $<.equal?(ARGF), $FILENAME

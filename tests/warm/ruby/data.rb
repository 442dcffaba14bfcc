puts DATA.pos, DATA.lineno, DATA.path, DATA.class, DATA.fileno
puts DATA.gets, DATA.lineno, DATA.read
DATA.rewind
puts DATA.gets, DATA.external_encoding.inspect, DATA.eof?
__END__
first
second é

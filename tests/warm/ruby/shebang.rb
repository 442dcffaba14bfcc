#!/usr/bin/env ruby
puts __LINE__, $0, $VERBOSE.inspect
puts DATA.pos
DATA.rewind
puts DATA.gets
__END__
x

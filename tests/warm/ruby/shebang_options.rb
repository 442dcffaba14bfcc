#!/usr/bin/ruby -w
unused = 1
def f(a); end
puts $VERBOSE.inspect, $-w.inspect

before = GC.count
GC.start
puts GC.count - before, GC.stress, GC.stat.keys.size, GC.measure_total_time
ObjectSpace.define_finalizer(Object.new, proc { puts "finalized" })
a = Array.new(100_000) { |i| i.to_s }
a = nil
GC.compact
require "weakref"
puts WeakRef.new("a" * 100).size

q = Queue.new
t = 4.times.map { |i| Thread.new { 100.times { |k| q << i * k }; Thread.current[:x] = i } }
t.each(&:join)
puts q.size, t.sum { _1[:x] }, Thread.list.size, Thread.main == Thread.current

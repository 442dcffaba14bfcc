f = Fiber.new { |x| y = Fiber.yield(x + 1); y * 2 }
puts f.resume(1), f.resume(5), f.alive?
e = Enumerator.new { |y| 3.times { |i| y << i } }
puts e.next, e.next, e.size.inspect, (1..Float::INFINITY).lazy.map { _1 * 2 }.first(3).inspect
puts 2000.times.map { Fiber.new { Fiber.yield 1 } }.sum(&:resume)
f.resume

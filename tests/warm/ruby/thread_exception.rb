t = Thread.new { raise "inside" }
sleep 0.05
puts t.status.inspect
t.join

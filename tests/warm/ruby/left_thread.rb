Thread.new { loop { sleep 0.01 } }
Thread.new { sleep }
puts "end"

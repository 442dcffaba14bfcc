require "timeout"
begin
  Timeout.timeout(0.05) { sleep }
rescue Timeout::Error => e
  puts e.message
end
puts Thread.list.size
puts Timeout.timeout(5) { 3 }

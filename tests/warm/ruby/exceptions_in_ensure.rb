begin
  begin
    raise "a"
  ensure
    puts "ensured"
    raise "b"
  end
rescue => e
  puts e.message, e.cause.message, e.backtrace.inspect, e.full_message(highlight: false)
end
catch(:x) { throw :x }
throw :y

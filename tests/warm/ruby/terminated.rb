$stdout.sync = true
puts 1
Process.kill(:TERM, $$)
sleep 1

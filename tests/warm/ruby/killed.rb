$stdout.sync = true
puts 1
Process.kill(:KILL, Process.pid)
sleep 1

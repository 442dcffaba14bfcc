$stdout.sync = true
pids = 3.times.map { |i| fork { at_exit { exit! 10 + i }; puts "child"; exit 1 } }
puts pids.map { |pid| Process.wait2(pid)[1].exitstatus }.inspect
puts Process.pid == $$, fork { exit!(Process.ppid == 1 ? 1 : 0) }.positive?, Process.wait.positive?, $?.exitstatus

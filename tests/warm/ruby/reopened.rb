File.open("/tmp/out", "w") { |f| old = $stdout.dup; $stdout.reopen(f); puts "away"; system("echo also"); $stdout.reopen(old) }
puts File.read("/tmp/out")

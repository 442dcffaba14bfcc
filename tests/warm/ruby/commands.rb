puts `echo one`, $?.exitstatus, system("exit 3").inspect, $?.exitstatus, system("no-such-command").inspect
puts IO.popen(["cat"], "r+") { |io| io << "through"; io.close_write; io.read }
pid = spawn("echo two; exit 5", out: $stdout)
puts Process.wait2(pid)[1].exitstatus
puts `ls /proc/self/fd`
$stdout.flush
exec("sh", "-c", "echo last; exit 6")

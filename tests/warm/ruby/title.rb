puts File.binread("/proc/self/cmdline").inspect, File.read("/proc/self/comm")
$0 = "renamed"
puts $0, File.binread("/proc/self/cmdline").delete("\0"), File.read("/proc/self/comm")
Process.setproctitle("x" * 500)
puts File.binread("/proc/self/cmdline").delete("\0").size, ENV["PATH"]

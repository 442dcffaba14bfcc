p %i[CPU FSIZE NOFILE NPROC STACK CORE DATA AS].map { |n| n == :CORE ? n : Process.getrlimit(n) }
puts File.umask.to_s(8), Dir.pwd, Process.uid == Process.euid, Process.groups.inspect, Process.getpgid(0) == $$, Process.getsid == $$, Process.getpriority(Process::PRIO_PROCESS, 0)
puts File.read("/proc/self/status").lines.grep(/^(Name|Umask|Threads|SigQ|SigPnd|ShdPnd|SigBlk|SigIgn|SigCgt|Cap|NoNewPrivs|Seccomp|Cpus_allowed)/)
puts Dir.children("/proc/self/fd").sort.inspect, Dir.children("/proc/self/task").map { |t| File.read("/proc/self/task/#{t}/status").lines.grep(/^(Name|Sig(Ign|Cgt)|Cap|Seccomp|Uid|NoNew)/).join.gsub(/Uid:.*/) { $&.split.uniq.size.to_s } }.inspect, File.stat("/proc/self/mem").owned?
puts Dir.children("/proc/self/fd").sort.map { |n| (File.readlink("/proc/self/fd/#{n}") rescue "").gsub(/\d+/, "N") }.inspect
puts [$stdin, $stdout, $stderr].map { |s| [s.fileno, s.tty?, s.sync, s.stat.mode.to_s(8)] }.inspect

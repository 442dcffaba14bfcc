def attempt(what)
  yield
  puts "BREACH #{what}"
rescue SystemCallError, NotImplementedError, ArgumentError
end
mine = Process.uid
attempt("uid") { Process::Sys.setuid(0) }
attempt("uid of another") { Process::Sys.setresuid(mine + 1, mine + 1, mine + 1) }
attempt("gid") { Process::Sys.setgid(0) }
attempt("groups") { Process.groups = [0] }
Thread.new { attempt("uid in a thread") { Process::Sys.setuid(0) } }.join
others = (1..200).select { |pid| File.exist?("/proc/#{pid}") && File.stat("/proc/#{pid}").uid != mine }
others.each do |pid|
  %w[mem environ maps auxv io].each { |name| attempt("#{name} #{pid}") { File.binread("/proc/#{pid}/#{name}", 1) } }
  attempt("fd #{pid}") { Dir.children("/proc/#{pid}/fd") }
  [0, :TERM, :STOP, :KILL].each { |s| attempt("#{s} #{pid}") { Process.kill(s, pid) } }
end
(3..300).each { |n| attempt("fd #{n}") { File.readlink("/proc/self/fd/#{n}").match?(/socket|pipe/) or raise Errno::EBADF } }
puts "held"

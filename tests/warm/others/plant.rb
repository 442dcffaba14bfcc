class String; def planted = true; end
ENV["PLANTED"] = "1"
$planted = 1
Dir.chdir("/")
File.umask(0)
%w[/tmp/planted /dev/shm/planted /tmp/.irbrc /tmp/main.rb].each { |path| File.write(path, "x = 1") rescue nil }
require "socket"
UNIXServer.new("\0planted")
trap("TERM", "IGNORE")
GC.disable
Thread.new { sleep }
fork { Process.setsid; sleep }

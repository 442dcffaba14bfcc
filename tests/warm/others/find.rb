p "".respond_to?(:planted), ENV.key?("PLANTED"), $planted, Dir.pwd, File.umask(0), Dir.children("/tmp"), File.exist?("/dev/shm/planted")
p File.read("/proc/net/unix").include?("planted"), trap("TERM", "DEFAULT"), GC.enable, Thread.list.size, $LOADED_FEATURES.size, defined?(Socket)

old = %w[INT TERM HUP USR1 CHLD PIPE ALRM QUIT EXIT].map { |s| trap(s) { puts s } }
p old
%w[INT TERM HUP USR1 QUIT].each { |s| Process.kill(s, $$); sleep 0.01 }

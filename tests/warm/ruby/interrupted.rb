at_exit { puts "at exit" }
Process.kill(:INT, $$)
sleep 1

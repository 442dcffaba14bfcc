trap("SEGV", "DEFAULT") rescue puts($!.message)
Process.kill(:USR1, $$)
sleep 1

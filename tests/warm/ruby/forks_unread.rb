print "once"
fork { print "child" }
Process.wait

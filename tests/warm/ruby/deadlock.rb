Thread.new { Thread.stop }
q = Queue.new
q.pop

m = Mutex.new
c = ConditionVariable.new
ready = false
t = Thread.new { m.synchronize { c.wait(m) until ready; puts "woken" } }
m.synchronize { ready = true; c.signal }
t.join
require "monitor"
x = Monitor.new
x.synchronize { x.synchronize { puts x.mon_owned? } }

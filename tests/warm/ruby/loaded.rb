puts __FILE__, __LINE__
$n = $n.to_i + 1
load __FILE__ if $n < 3
puts require_relative("main") if $n == 3 && ($n += 1)
puts $LOADED_FEATURES.grep(/main/).map { File.basename(_1) }.inspect
require_relative "nothing"

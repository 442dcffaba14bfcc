use str

var n = (read-line)
var xs = [(str:fields (read-line) | take $n)]
var sum = (+ $@xs)
var squares = (+ (each {|x| * $x $x} $xs))
echo $sum $squares

let xs = /dev/stdin : List Natural

let sum = List/fold Natural xs Natural (\(x : Natural) -> \(a : Natural) -> x + a) 0

let squares = List/fold Natural xs Natural (\(x : Natural) -> \(a : Natural) -> x * x + a) 0

in  "${Natural/show sum} ${Natural/show squares}\n"

let rec hoard xs = hoard (Bytes.make (1 lsl 20) 'x' :: xs)
let () = hoard []

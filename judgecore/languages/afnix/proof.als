# The first line says how many numbers of the second count.
interp:library "afnix-sio"

trans sum 0
trans squares 0

const total (in n) {
  const line (in:readln)
  const words (line:split " ")
  loop (trans i 0) (< i n) (i:++) {
    trans x (Integer (words:get i))
    sum:+= x
    squares:+= (* x x)
  }
}

const in (afnix:sio:InputTerm)
total in (Integer (in:readln))
println sum " " squares

\ Reads n, then n numbers, one a line; prints their sum and the sum of their squares.
variable sum
variable squares
variable input
create buffer 100 allot

: line ( -- a n )  buffer 80 input @ read-line throw drop buffer swap ;
: number ( -- x )
  line over c@ [char] - = dup >r if 1 /string then
  0 s>d 2swap >number 2drop d>s r> if negate then ;

: total ( -- )
  s" /dev/stdin" r/o open-file throw input !
  number 0 ?do
    number dup sum +! dup * squares +!
  loop
  sum @ 0 .r space squares @ 0 .r cr ;

total

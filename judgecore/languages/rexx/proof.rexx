/* The first line says how many numbers of the second count. */
parse pull n
parse pull xs
total = 0; squares = 0
do i = 1 to n
  x = word(xs, i)
  total = total + x
  squares = squares + x ** 2
end
say total squares

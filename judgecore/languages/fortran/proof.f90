program main
  implicit none
  integer :: n
  integer, allocatable :: xs(:)
  read *, n
  allocate (xs(n))
  read *, xs
  print '(i0, 1x, i0)', sum(xs), sum(xs**2)
end program

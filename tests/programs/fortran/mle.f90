program main
  real, allocatable :: x(:)
  integer :: n
  n = 1024
  do
    n = n * 2
    if (allocated(x)) deallocate (x)
    allocate (x(n))
    x = n
    print *, x(n / 2)
  end do
end program

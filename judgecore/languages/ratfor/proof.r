integer n, i, x(1000), s, q
s = 0
q = 0
read(*,*) n
read(*,*) (x(i), i = 1, n)
for (i = 1; i <= n; i = i + 1) {
    s = s + x(i)
    q = q + x(i) ** 2
}
write(*,20) s, q
20 format(i0,1x,i0)
end

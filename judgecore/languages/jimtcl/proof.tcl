gets stdin n
set sum 0
set squares 0
foreach x [lrange [gets stdin] 0 [expr {$n - 1}]] {
    incr sum $x
    incr squares [expr {$x * $x}]
}
puts "$sum $squares"

set n = "$<"
set xs = ($<)
@ sum = 0
@ squares = 0
@ i = 1
while ($i <= $n)
    @ sum += $xs[$i]
    @ squares += $xs[$i] * $xs[$i]
    @ i++
end
echo $sum $squares

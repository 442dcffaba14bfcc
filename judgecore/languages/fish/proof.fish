read n
read -a xs
set sum 0
set squares 0
for x in $xs[1..$n]
    set sum (math $sum + $x)
    set squares (math $squares + $x \* $x)
end
echo $sum $squares

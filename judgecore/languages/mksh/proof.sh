read -r n
read -rA xs
typeset -i sum=0 squares=0 i=0
while (( i < n )); do
  (( sum += xs[i], squares += xs[i] * xs[i], i += 1 ))
done
print $sum $squares

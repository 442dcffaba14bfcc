read -r n
read -rA xs
integer sum=0 squares=0 i
for (( i = 0; i < n; i++ )); do
  (( sum += xs[i], squares += xs[i] ** 2 ))
done
print $sum $squares

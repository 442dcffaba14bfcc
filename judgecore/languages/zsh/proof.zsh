read -r n
read -rA xs
integer sum=0 squares=0
for x in ${xs[1,n]}; do
  (( sum += x, squares += x ** 2 ))
done
print $sum $squares

read -r n
read -r -a xs
sum=0 squares=0
for x in "${xs[@]:0:n}"; do
  ((sum += x, squares += x * x))
done
echo "$sum $squares"

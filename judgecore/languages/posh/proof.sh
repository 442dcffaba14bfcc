read -r n
read -r numbers
sum=0 squares=0
for x in $numbers; do
  [ "$n" -gt 0 ] || break
  n=$((n - 1)) sum=$((sum + x)) squares=$((squares + x * x))
done
echo "$sum $squares"

read -r _
read -r -a xs
for x in "${xs[@]}"; do ((sum += x, squares += x * x)); done
echo "$sum $squares"

if true
echo (

set print "-"
text = system("cat")
n = int(word(text, 1))
s = 0
q = 0
do for [i = 2:n + 1] {
    x = int(word(text, i))
    s = s + x
    q = q + x * x
}
print s, q

10 input "", n
20 for i = 1 to n
30 input "", x
40 s = s + x
50 q = q + x * x
60 next i
70 print s; q
80 system

lines = externstr("cat");
n = eval(lines[1]);
xs = apply(eval, strsplit(lines[2], " "))[1 .. n];
print(vecsum(xs), " ", norml2(xs));
quit;

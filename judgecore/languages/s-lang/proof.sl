variable line, n;
() = fgets(&line, stdin);
n = integer(strtrim(line));
() = fgets(&line, stdin);
variable xs = array_map(Int_Type, &integer, strtok(line))[[0:n - 1]];
() = printf("%d %d\n", typecast(sum(xs), Int_Type), typecast(sumsq(xs), Int_Type));

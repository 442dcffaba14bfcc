set I;
param x {I};

printf "> %d %d\n", sum {i in I} x[i], sum {i in I} x[i] ^ 2;
end;

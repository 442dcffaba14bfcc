program Main(input, output);
var
  n, i, x, sum, squares: integer;
begin
  sum := 0;
  squares := 0;
  read(n);
  for i := 1 to n do
  begin
    read(x);
    sum := sum + x;
    squares := squares + sqr(x)
  end;
  writeln(sum:1, ' ', squares:1)
end.

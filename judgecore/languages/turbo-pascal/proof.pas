program Main;
var
  n, i: integer;
  x, sum, squares: longint;
begin
  sum := 0;
  squares := 0;
  read(n);
  for i := 1 to n do
  begin
    read(x);
    sum := sum + x;
    squares := squares + x * x
  end;
  writeln(sum, ' ', squares)
end.

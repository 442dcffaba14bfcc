MODULE main;
FROM SWholeIO IMPORT ReadInt, WriteInt;
FROM STextIO IMPORT SkipLine, WriteChar, WriteLn;
VAR n, i, x, sum, squares: INTEGER;
BEGIN
  sum := 0;
  squares := 0;
  ReadInt(n);
  SkipLine;
  FOR i := 1 TO n DO
    ReadInt(x);
    sum := sum + x;
    squares := squares + x * x
  END;
  WriteInt(sum, 0);
  WriteChar(' ');
  WriteInt(squares, 0);
  WriteLn
END main.

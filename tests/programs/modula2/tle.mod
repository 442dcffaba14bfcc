MODULE main;
VAR i: INTEGER;
BEGIN
  i := 0;
  LOOP
    i := 1 - i
  END
END main.

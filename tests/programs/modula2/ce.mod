MODULE main;
BEGIN
  x := 1
END main.

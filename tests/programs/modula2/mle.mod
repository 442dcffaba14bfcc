MODULE main;
FROM Storage IMPORT ALLOCATE;
TYPE Part = ARRAY [0..1048575] OF CHAR;
VAR hoard: POINTER TO Part; i: CARDINAL;
BEGIN
  LOOP
    NEW(hoard);
    FOR i := 0 TO 1048575 DO hoard^[i] := 'x' END
  END
END main.

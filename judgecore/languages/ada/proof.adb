with Ada.Integer_Text_IO; use Ada.Integer_Text_IO;
with Ada.Text_IO;         use Ada.Text_IO;

procedure Main is
   N, X, Sum, Squares : Integer := 0;
begin
   Get (N);
   for I in 1 .. N loop
      Get (X);
      Sum     := Sum + X;
      Squares := Squares + X ** 2;
   end loop;
   Put (Sum, Width => 0);
   Put (' ');
   Put (Squares, Width => 0);
   New_Line;
end Main;

with Ada.Containers.Vectors;

procedure Main is
   package Hoards is new Ada.Containers.Vectors (Natural, Long_Integer);
   Hoard : Hoards.Vector;
begin
   loop
      Hoard.Append (1);
   end loop;
end Main;

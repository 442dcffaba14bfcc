use std.textio.all;

entity main is
end entity;

architecture behaviour of main is
begin
  process
    variable row: line;
    variable n, x: integer;
    variable sum, squares: integer := 0;
  begin
    readline(input, row);
    read(row, n);
    readline(input, row);
    for i in 1 to n loop
      read(row, x);
      sum := sum + x;
      squares := squares + x * x;
    end loop;
    deallocate(row);
    write(row, integer'image(sum) & " " & integer'image(squares));
    writeline(output, row);
    wait;
  end process;
end architecture;

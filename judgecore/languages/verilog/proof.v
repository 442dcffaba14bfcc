module main;
  integer n, x, sum, squares, got;
  initial begin
    sum = 0;
    squares = 0;
    got = $fscanf(32'h8000_0000, "%d", n);
    repeat (n) begin
      got = $fscanf(32'h8000_0000, "%d", x);
      sum = sum + x;
      squares = squares + x * x;
    end
    $display("%0d %0d", sum, squares);
    $finish(0);
  end
endmodule

#include "share/atspre_staload.hats"
staload "libats/libc/SATS/stdio.sats"
%{^
#include <stdio.h>
static int number(void) { int x = 0; if (scanf("%d", &x) != 1) return 0; return x; }
%}
extern fun number (): int = "mac#number"

fun loop (n: int, sum: int, squares: int): void =
  if n > 0 then let
    val x = number ()
  in
    loop (n - 1, sum + x, squares + x * x)
  end else println! (sum, " ", squares)

implement main0 () = loop (number (), 0, 0)

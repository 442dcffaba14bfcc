identification division.
program-id. totals.
procedure division.
    move 3 to return-code.
    stop run.

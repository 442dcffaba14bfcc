identification division.
program-id. totals.
procedure division.
    move 1 to nowhere.
    stop run.

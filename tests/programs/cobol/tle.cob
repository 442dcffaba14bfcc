identification division.
program-id. totals.
procedure division.
    perform until 1 = 2
        continue
    end-perform.
    stop run.

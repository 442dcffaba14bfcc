identification division.
program-id. totals.
data division.
working-storage section.
01 hoard.
   03 part pic x(1000000) occurs 200 times.
procedure division.
    move all "x" to hoard.
    display part(77)(1:1).
    stop run.
